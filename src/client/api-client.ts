import { setTimeout } from 'node:timers/promises';
import createClient, { type Client } from 'openapi-fetch';
import { AppError } from '../errors/app-error.ts';
import { problemSchema } from '../http/problem-schema.ts';
import type { paths } from './api-types.d.ts';

/** Calls the HTTP API with the types of docs/openapi.json; `api.GET('/api/v1/media/{sid}', …)`. */
export type ApiClient = Client<paths>;

// For requests that may be repeated: a progress bar survives a busy database.
const TRIES = 10;

/**
 * A client whose calls throw instead of returning `error`, and wait while the database is busy.
 *
 * @param key an API key
 * @throws AppError with the code and detail of the answer, on each call; `unavailable` without an answer
 */
export function createApiClient(baseUrl: string, key: string): ApiClient {
  return createClient<paths>({
    baseUrl,
    headers: { Authorization: `Bearer ${key}` },
    fetch: (request) => send(request, baseUrl, TRIES),
  });
}

async function send(request: Request, baseUrl: string, tries: number): Promise<Response> {
  // Only what may be sent again is copied: a copy of an upload would hold all of it in memory.
  const copy = request.method === 'GET' ? request.clone() : request;
  const response = await fetch(copy).catch((cause) => {
    throw new AppError(
      'unavailable',
      `The server does not answer at ${baseUrl}. Is that its HOST and PORT?`,
      {
        cause,
      },
    );
  });
  if (response.ok) {
    const type = response.headers.get('content-type') ?? '';
    // Without a body there is no type.
    if (response.status === 204 || (type !== '' && !type.startsWith('text/html'))) return response;
    throw await errorOf(response, baseUrl);
  }
  const retryAfter = Number(response.headers.get('retry-after'));
  if (response.status === 503 && request.method === 'GET' && retryAfter > 0 && tries > 1) {
    await setTimeout(retryAfter * 1000);
    return send(request, baseUrl, tries - 1);
  }
  throw await errorOf(response, baseUrl);
}

/** A server of another release may have other codes. */
const anyProblem = problemSchema
  .loose()
  .extend({ code: problemSchema.shape.code.catch('unavailable') });

async function errorOf(response: Response, baseUrl: string): Promise<AppError> {
  if (response.status === 401) {
    return new AppError('unauthorized', `The server at ${baseUrl} does not know this API key.`);
  }
  const problem = anyProblem.safeParse(await response.json().catch(() => undefined));
  if (!problem.success) {
    const message = `The server at ${baseUrl} is not mms-inbox: ${response.status} without a problem.`;
    return new AppError('unavailable', message, { cause: problem.error });
  }
  const { code, detail, errors = [] } = problem.data;
  return new AppError(response.status < 500 ? code : 'unavailable', detail, { fields: errors });
}

/**
 * The body of a successful answer.
 *
 * @throws AppError `unavailable` for an answer without the expected body, as of another release
 */
export function bodyOf<T>({ data, response }: { data?: T; response: Response }): NonNullable<T> {
  if (data !== undefined && data !== null) return data;
  throw new AppError('unavailable', `The server answers ${response.status} without a body.`);
}
