import createClient from 'openapi-fetch';
import type { paths } from '../../../src/client/api-types.d.ts';
import { strings } from '../strings.ts';
import { ApiProblem } from './api-problem.ts';
import { noteServerTime } from './server-clock.ts';
import type { Problem } from './types.ts';

type SignIn = () => Promise<void>;
let signInAgain: SignIn | undefined;

/**
 * Sets what is done when the session has ended in the middle of an act: the request waits until the promise
 * resolves, and is then sent again.
 */
export function onSessionEnd(signIn: SignIn): void {
  signInAgain = signIn;
}

/** The API of the server that this page comes from. Calls throw `ApiProblem`. */
export const api = createClient<paths>({ baseUrl: '/', fetch: send });

/**
 * Sends a request of which the bytes matter, such as that of a rendition.
 *
 * @throws ApiProblem for an answer that is an error, and without an answer
 */
export async function send(request: Request): Promise<Response> {
  const repeated = request.clone();
  const response = await fetch(request).catch((error: unknown) => {
    if (request.signal.aborted) throw error;
    throw new ApiProblem('offline', 0, strings.errors.offline);
  });
  noteServerTime(response);
  if (response.ok || response.status === 304) return response;
  const problem = await problemOf(response);
  // A wrong key in a form is for the form.
  const isByKey =
    new URL(request.url).pathname === '/api/v1/session' || request.headers.has('Authorization');
  if (response.status !== 401 || isByKey || signInAgain === undefined) throw problem;
  await signInAgain();
  return send(repeated);
}

async function problemOf(response: Response): Promise<ApiProblem> {
  const problem = (await response.json().catch(() => undefined)) as Problem | undefined;
  const { code = 'unavailable', detail = strings.errors.noProblem, errors } = problem ?? {};
  return new ApiProblem(code, response.status, detail, errors);
}

/**
 * The body of an answer that was no error.
 *
 * @throws Error for an answer without one
 */
export function bodyOf<T>({ data }: { data?: T }): NonNullable<T> {
  if (data === undefined || data === null) throw new Error('The answer has no body');
  return data;
}
