import { expect } from 'vitest';
import { ADMIN_KEY } from './test-inbox.ts';

/** What a browser sends with a request of a page of the server. */
export const SAME_ORIGIN = { 'sec-fetch-site': 'same-origin' };

/** Signs in as a page does; with other headers, if there are any. */
export function postSession(
  inbox: { url: string },
  body: unknown = { key: ADMIN_KEY },
  headers: Record<string, string> = SAME_ORIGIN,
): Promise<Response> {
  return fetch(`${inbox.url}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

/** The cookie that an answer sets, as a browser sends it back: `name=value`. */
export function cookieOf(response: Response): string {
  const [cookie = ''] = (response.headers.get('set-cookie') ?? '').split(';');
  return cookie;
}

/** A browser that has signed in. */
export interface BrowserSession {
  /** `name=value` */
  cookie: string;
  /** Of the session. */
  id: string;
  call(method: string, path: string, headers?: Record<string, string>): Promise<Response>;
}

/** Signs in with a key. Calls are those of a page of the server. */
export async function signIn(
  inbox: { url: string },
  key: string = ADMIN_KEY,
): Promise<BrowserSession> {
  const response = await postSession(inbox, { key });
  expect(response.status).toBe(201);
  const cookie = cookieOf(response);
  const { id } = await response.json();
  return {
    cookie,
    id,
    call: (method, path, headers = SAME_ORIGIN) =>
      fetch(inbox.url + path, { method, headers: { cookie, ...headers } }),
  };
}

/** Status and code of an answer; no code for one that is no error. */
export async function outcomeOf(response: Response): Promise<[number, string | null]> {
  if (response.status < 400) {
    await response.body?.cancel();
    return [response.status, null];
  }
  return [response.status, (await response.json()).code];
}
