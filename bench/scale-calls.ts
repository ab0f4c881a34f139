import { createHash } from 'node:crypto';
import { ACCOUNT, KEY } from './scale-deployment.ts';

/** One kind of request that `bench/scale.ts` measures. */
export interface Reading {
  name: string;
  /**
   * Sends it to a server and waits for the whole answer.
   *
   * @param limit of the page; ignored by what has none
   * @returns how many items the answer has; 1 for what is not a list
   */
  ask(url: string, limit: number): Promise<number>;
}

// The others are below `/api/v1`.
const OUTSIDE_API = /^\/(2010-04-01|readyz|metrics)/;
/** The 500th that `seedInbox` writes. */
const SEEDED_EVENT = `evt_${createHash('md5').update('500').digest('hex')}`;

/** A list of the API. @param path with a query, or `?` at its end */
export function list(name: string, path: string): Reading {
  return {
    name,
    async ask(url, limit) {
      const body = await call(url, 'GET', `${path}&limit=${limit}`.replace('?&', '?'));
      return JSON.parse(body.toString()).items.length;
    },
  };
}

export function once(name: string, method: string, path: string, body?: object): Reading {
  return {
    name,
    async ask(url) {
      await call(url, method, path, body);
      return 1;
    },
  };
}

export function twilio(name: string, path: string): Reading {
  return {
    name,
    async ask(url, limit) {
      const paged = `${path}${path.includes('?') ? '&' : '?'}PageSize=${limit}`;
      const body = JSON.parse((await call(url, 'GET', paged)).toString());
      return (body.messages ?? body.media_list).length;
    },
  };
}

/** As many as the smallest database has after that one. */
const RESUMED_EVENTS = 500;

/**
 * As a reader that was away: until so many events have arrived that every size sends as much. What the server sends
 * beyond that would be measured with the reading that follows.
 */
export async function resumeStream(url: string): Promise<number> {
  const leaving = new AbortController();
  const answer = await fetch(`${url}/api/v1/events`, {
    headers: { authorization: `Bearer ${KEY}`, 'last-event-id': SEEDED_EVENT },
    signal: leaving.signal,
  });
  let text = '';
  for await (const bytes of answer.body ?? []) {
    text += Buffer.from(bytes).toString();
    if (text.split('id: evt_').length > RESUMED_EVENTS) break;
  }
  leaving.abort();
  return 1;
}

/** @throws Error when the answer is an error */
export async function call(
  url: string,
  method: string,
  path: string,
  body?: object,
): Promise<Buffer> {
  const isTwilio = path.startsWith('/2010');
  const isForm = body instanceof FormData;
  const headers = new Headers({
    authorization: isTwilio
      ? `Basic ${btoa(`${ACCOUNT.accountSid}:${ACCOUNT.authToken}`)}`
      : `Bearer ${KEY}`,
  });
  if (body !== undefined && !isForm) headers.set('content-type', 'application/json');
  const response = await fetch(url + (OUTSIDE_API.test(path) ? path : `/api/v1${path}`), {
    method,
    headers,
    ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}`);
  return Buffer.from(await response.arrayBuffer());
}
