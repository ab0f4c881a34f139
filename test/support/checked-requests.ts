import supertest from 'supertest';
import { checkAnswer } from './contract.ts';

type Method = 'get' | 'post' | 'patch' | 'delete' | 'head' | 'put';

/** A supertest request to a running server, whose answer is compared with the API's reference. */
export function checkedRequest(url: string, method: Method, path: string): supertest.Test {
  return supertest(url)
    [method](path)
    .expect((response) => {
      checkAnswer({
        method: method.toUpperCase(),
        path,
        status: response.status,
        header: (name) => response.headers[name.toLowerCase()],
        body: Buffer.isBuffer(response.body) ? parseJson(response.body) : response.body,
        text: response.text,
      });
    });
}

const checkedOrigins = new Set<string>();

/**
 * Compares what `fetch` gets from this server with the API's reference, too.
 *
 * @returns a function that ends it: another server may get the port
 */
export function checkFetchesFrom(url: string): () => void {
  const { origin } = new URL(url);
  checkedOrigins.add(origin);
  return () => checkedOrigins.delete(origin);
}

type CheckedFetch = typeof fetch & { unchecked?: typeof fetch };

// Test files share a process, and this module may be loaded for each.
const unchecked = (globalThis.fetch as CheckedFetch).unchecked ?? globalThis.fetch;

const checkedFetch: typeof fetch = async (input, init) => {
  const response = await unchecked(input, init);
  const request = input instanceof Request ? input : undefined;
  const url = new URL(request?.url ?? String(input));
  if (!checkedOrigins.has(url.origin) || response.redirected) return response;
  const type = response.headers.get('content-type') ?? '';
  const text = /json/.test(type) ? await readText(response.clone(), url.pathname) : undefined;
  checkAnswer({
    method: (init?.method ?? request?.method ?? 'GET').toUpperCase(),
    path: url.pathname,
    status: response.status,
    header: (name) => response.headers.get(name),
    body: text && /^application\/(problem\+)?json/.test(type) ? JSON.parse(text) : undefined,
    text,
  });
  return response;
};

globalThis.fetch = Object.assign(checkedFetch, { unchecked });

// Their answers end with the connection.
const ENDLESS: ReadonlySet<string> = new Set(['/api/v1/snapshots']);

/** The whole body, or the first line of one that does not end. */
async function readText(response: Response, path: string): Promise<string> {
  if (response.body === null || !response.ok || !ENDLESS.has(path)) return response.text();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (!text.includes('\n')) {
    const { value, done } = await reader.read();
    if (done) break;
    text += value;
  }
  // It resolves when the caller has cancelled the body as well, and rejects when the caller aborts the request.
  reader.cancel().catch(() => undefined);
  return text;
}

/** Of a test that reads bytes; undefined when they are no JSON. */
function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}
