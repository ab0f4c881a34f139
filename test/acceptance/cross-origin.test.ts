import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADMIN_KEY, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

const TOOL = 'https://tool.example.com';
const AUTHORIZATION = { authorization: `Bearer ${ADMIN_KEY}` };

let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox({ API_ORIGINS: `${TOOL}, http://localhost:5173` });
});
afterAll(() => inbox.stop());

const call = (method: string, path: string, headers: Record<string, string>) =>
  fetch(inbox.url + path, { method, headers });

/** What a browser asks before it lets a page send a request. */
const preflight = (path: string, origin: string, method: string, names = 'authorization') =>
  call('OPTIONS', path, {
    origin,
    'access-control-request-method': method,
    'access-control-request-headers': names,
  });

const corsHeaders = ({ headers }: Response) =>
  [...headers.keys()].filter((name) => name.startsWith('access-control-'));

const list = (response: Response, name: string) =>
  (response.headers.get(name) ?? '').toLowerCase().split(/, ?/);

test.each([
  ['GET', '/api/v1/media'],
  ['POST', '/api/v1/media'],
  ['DELETE', `/api/v1/media/ME${'0'.repeat(32)}`],
  ['PUT', '/api/v1/senders'],
  ['PATCH', '/api/v1/endpoints/ep_1'],
  ['GET', '/api/v1/events'],
])('a page of a listed origin may send %s %s', async (method, path) => {
  for (const origin of [TOOL, 'http://localhost:5173']) {
    const names = 'authorization,content-type,last-event-id,range';
    const answer = await preflight(path, origin, method, names);
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
    expect(list(answer, 'access-control-allow-methods')).toContain(method.toLowerCase());
    expect(list(answer, 'access-control-allow-headers')).toEqual(
      expect.arrayContaining(names.split(',')),
    );
    expect(list(answer, 'vary')).toContain('origin');
  }
});

test('it may read answers, errors among them, and the headers that it needs', async () => {
  for (const [headers, status] of [
    [AUTHORIZATION, 200],
    [{}, 401],
  ] as const) {
    const answer = await call('GET', '/api/v1/media', { origin: TOOL, ...headers });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('access-control-allow-origin')).toBe(TOOL);
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
    expect(list(answer, 'vary')).toContain('origin');
    expect(list(answer, 'access-control-expose-headers')).toEqual(
      expect.arrayContaining(['etag', 'retry-after', 'location', 'x-request-id', 'content-range']),
    );
  }
});

test.each([
  ['another', 'https://evil.example.com'],
  ['another port', 'http://localhost:5174'],
  ['another scheme', 'http://tool.example.com'],
  ['a longer name', `${TOOL}.evil.example`],
  ['a part of one', 'https://example.com'],
  ['no page', 'null'],
])('a page of %s origin may not', async (_name, origin) => {
  const asked = await preflight('/api/v1/media', origin, 'GET');
  expect(corsHeaders(asked)).not.toContain('access-control-allow-origin');
  const answer = await call('GET', '/api/v1/media', { origin, ...AUTHORIZATION });
  expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  expect(list(answer, 'vary')).toContain('origin');
});

test('the webhook and the Twilio-shaped API have no CORS', async () => {
  for (const path of ['/twilio/incoming', `/2010-04-01/Accounts/AC${'0'.repeat(32)}/Messages`]) {
    expect(corsHeaders(await call('GET', path, { origin: TOOL }))).toEqual([]);
  }
});

test('without API_ORIGINS nothing of CORS is answered', async () => {
  await inbox.restart({ API_ORIGINS: '' });
  expect(corsHeaders(await preflight('/api/v1/media', TOOL, 'GET'))).toEqual([]);
  const answer = await call('GET', '/api/v1/media', { origin: TOOL, ...AUTHORIZATION });
  expect([answer.status, corsHeaders(answer)]).toEqual([200, []]);
  expect(answer.headers.get('vary')).toBeNull();
});
