import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox();
});
afterAll(() => inbox.stop());

const MEDIA = `/api/v1/media/ME${'0'.repeat(32)}`;
const LEAKS = /\bat .+:\d+|node_modules|\.ts\b|\/src\/|prisma|Error:|ECONN|SELECT/i;
const cursor = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const sid = `MM${'0'.repeat(32)}`;
const now = 1_770_000_000_000;

const badQueries: [string, string][] = [
  ['limit=0', 'limit'],
  ['limit=-1', 'limit'],
  ['limit=201', 'limit'],
  ['limit=abc', 'limit'],
  ['limit=1.5', 'limit'],
  ['limit=', 'limit'],
  ['limit=1&limit=2', 'limit'],
  ['limit=1e2000', 'limit'],
  ['cursor=nonsense', 'cursor'],
  ['cursor=', 'cursor'],
  [`cursor=${'a'.repeat(400)}`, 'cursor'],
  [`cursor=${cursor({})}`, 'cursor'],
  [`cursor=${cursor([now, sid])}`, 'cursor'],
  [`cursor=${cursor(['yesterday', sid, 0])}`, 'cursor'],
  [`cursor=${cursor([9e15, sid, 0])}`, 'cursor'],
  [`cursor=${cursor([-8e15, sid, 0])}`, 'cursor'],
  [`cursor=${cursor([now, 'a\0b', 0])}`, 'cursor'],
  [`cursor=${cursor([now, sid, 2 ** 40])}`, 'cursor'],
  ['receivedAfter=yesterday', 'receivedAfter'],
  ['receivedAfter=2026-02-30', 'receivedAfter'],
  ['receivedBefore=2026-01-31T10:00:00', 'receivedBefore'],
  ['receivedBefore=1770000000', 'receivedBefore'],
  ['from=', 'from'],
  ['from=a%00b', 'from'],
  ['to=%00', 'to'],
  [`from=${'1'.repeat(101)}`, 'from'],
  ['nonsense=1', 'nonsense'],
];
const badMediaQueries: [string, string][] = [
  ['state=lost', 'state'],
  ['state=stored&state=failed', 'state'],
  ['messageSid=MM123', 'messageSid'],
  ['contentType=image/%25', 'contentType'],
  ['contentType=*', 'contentType'],
];

test.each([
  ...badQueries.map(([query, field]) => [`/api/v1/media?${query}`, field]),
  ...badQueries.map(([query, field]) => [`/api/v1/messages?${query}`, field]),
  ...badMediaQueries.map(([query, field]) => [`/api/v1/media?${query}`, field]),
  ['/api/v1/messages?state=stored', 'state'],
  [`${MEDIA}/thumbnail?size=huge`, 'size'],
  [`${MEDIA}/thumbnail?sise=small`, 'sise'],
  ['/api/v1/media/ME123', 'sid'],
  ['/api/v1/media/ME123/content', 'sid'],
  ['/api/v1/media/ME123/thumbnail', 'sid'],
  [`/api/v1/media/${sid}`, 'sid'],
  ["/api/v1/media/ME'%20OR%201=1--", 'sid'],
  ['/api/v1/messages/ME123', 'sid'],
  [`/api/v1/messages/MM${'g'.repeat(32)}`, 'sid'],
])('%s is refused, and the field named', async (path, field) => {
  const { body, headers, text } = await inbox.api('get', path).expect(400);
  expect(headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(body).toMatchObject({ status: 400, code: 'invalid_request', title: expect.any(String) });
  expect(body.detail).toContain(field);
  expect(body.errors).toContainEqual({ field, message: expect.stringMatching(/\S/) });
  expect(body.requestId).toBe(headers['x-request-id']);
  expect(text).not.toMatch(LEAKS);
});

test.each([
  ['get', MEDIA],
  ['get', `${MEDIA}/content`],
  ['get', `${MEDIA}/thumbnail`],
  ['get', `/api/v1/messages/${sid}`],
  ['get', '/api/v1/keys'],
  ['post', '/api/v1/keys'],
  ['delete', '/api/v1/keys/nobody'],
  ['post', '/api/v1/media'],
  ['post', `${MEDIA}/links`],
  ['post', `${MEDIA}/retry`],
  ['delete', MEDIA],
] as const)('%s %s with a parameter that it does not know is refused', async (method, path) => {
  const { body } = await inbox.api(method, `${path}?colour=red`).expect(400);
  expect(body.errors).toEqual([{ field: 'colour', message: 'is not known here' }]);
});

test('every wrong field is named at once', async () => {
  const path = '/api/v1/media?limit=0&state=lost&receivedAfter=x&more=1';
  const { body } = await inbox.api('get', path).expect(400);
  const fields = body.errors.map(({ field }: { field: string }) => field).sort();
  expect(fields).toEqual(['limit', 'more', 'receivedAfter', 'state']);
});

test('a scope that does not exist is refused before anything is deleted', async () => {
  const { body } = await inbox.api('delete', `${MEDIA}?scope=everything`).expect(400);
  expect(body.errors).toMatchObject([{ field: 'scope' }]);
});

test.each([
  MEDIA,
  `${MEDIA}/content`,
  `${MEDIA}/thumbnail`,
  `/api/v1/messages/${sid}`,
  '/api/v1/nothing',
  `${MEDIA}/nothing`,
  '/nothing',
  '/%2e%2e/%2e%2e/etc/passwd',
  '/twilio',
])('%s is not there', async (path) => {
  const { body, headers, text } = await inbox.api('get', path).expect(404);
  expect(headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(body).toMatchObject({ status: 404, code: 'not_found' });
  expect(text).not.toMatch(LEAKS);
  expect(text).not.toContain('passwd');
});

test.each(['/api/v1/media/%', '/api/v1/media/%ff', '/%c0%80'])(
  'a path that cannot be decoded (%s) is no fault of ours',
  async (path) => {
    const response = await fetch(inbox.url + path, {
      headers: { authorization: 'Bearer admin-key-for-tests' },
    });
    expect([400, 404]).toContain(response.status);
    expect(await response.text()).not.toMatch(LEAKS);
  },
);

test.each([
  ['put', '/api/v1/media', 'GET, HEAD, POST'],
  ['delete', '/api/v1/media', 'GET, HEAD, POST'],
  ['put', MEDIA, 'GET, HEAD, DELETE'],
  ['post', MEDIA, 'GET, HEAD, DELETE'],
  ['delete', `${MEDIA}/content`, 'GET, HEAD'],
  ['post', `${MEDIA}/thumbnail`, 'GET, HEAD'],
  ['post', '/api/v1/messages', 'GET, HEAD'],
  ['put', `/api/v1/messages/${sid}`, 'GET, HEAD, DELETE'],
] as const)('%s %s is not allowed, and what is allowed is told', async (method, path, allow) => {
  const { body, headers } = await inbox.api(method, path).expect(405);
  expect(headers.allow).toBe(allow);
  expect(body).toMatchObject({ code: 'method_not_allowed' });
});

test('none of this was logged as an error of ours', () => {
  const levels = inbox.logLines.map((line) => JSON.parse(line).level);
  expect(levels.filter((level) => level >= 50)).toEqual([]);
});
