import { afterAll, beforeAll, expect, test } from 'vitest';
import { ACCOUNT, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox();
});
afterAll(() => inbox.stop());

const sid = `ME${'0'.repeat(32)}`;
const id = '00000000-0000-4000-8000-000000000000';

// Every path of a receiver, with the methods that it has.
const paths: [string, string][] = [
  ['/healthz', 'GET, HEAD'],
  ['/readyz', 'GET, HEAD'],
  ['/metrics', 'GET, HEAD'],
  ['/twilio/incoming', 'GET, HEAD, POST'],
  ['/api/v1/media', 'GET, HEAD, POST'],
  [`/api/v1/media/${sid}`, 'GET, HEAD, DELETE'],
  [`/api/v1/media/${sid}/content`, 'GET, HEAD'],
  [`/api/v1/media/${sid}/thumbnail`, 'GET, HEAD'],
  [`/api/v1/media/${sid}/poster`, 'GET, HEAD'],
  [`/api/v1/media/${sid}/links`, 'POST'],
  [`/api/v1/media/${sid}/reveal`, 'POST'],
  [`/api/v1/media/${sid}/retry`, 'POST'],
  [`/api/v1/media/${sid}/block`, 'POST'],
  ['/api/v1/media/retry', 'POST'],
  ['/api/v1/messages', 'GET, HEAD'],
  ['/api/v1/audit', 'GET, HEAD'],
  ['/api/v1/audit/export', 'GET, HEAD'],
  ['/api/v1/blocklist', 'GET, HEAD, POST'],
  ['/api/v1/bulk', 'POST'],
  [`/api/v1/bulk/${id}`, 'GET, HEAD'],
  ['/api/v1/deletions', 'GET, HEAD'],
  ['/api/v1/deletions/1', 'GET, HEAD'],
  ['/api/v1/events', 'GET, HEAD'],
  ['/api/v1/keys', 'GET, HEAD, POST'],
  ['/api/v1/keys/name', 'DELETE'],
  ['/api/v1/previews/rebuild', 'GET, HEAD, POST'],
  ['/api/v1/senders', 'GET, HEAD, PUT'],
  ['/api/v1/senders/export', 'POST'],
  ['/api/v1/senders/erasures', 'POST'],
];

test.each(paths)('%s has %s', async (path, allowed) => {
  // Without CORS a preflight is a method like others.
  for (const method of ['OPTIONS', 'PUT', 'PATCH', 'DELETE', 'PROPFIND']) {
    if (allowed.includes(method)) continue;
    const response = await fetch(inbox.url + path, { method });
    expect([method, response.status, response.headers.get('allow')]).toEqual([
      method,
      405,
      allowed,
    ]);
  }
});

test('HEAD works where GET does, and what is nowhere has no methods', async () => {
  expect((await fetch(`${inbox.url}/healthz`, { method: 'HEAD' })).status).toBe(200);
  await inbox.api('head', '/api/v1/media').expect(200);
  for (const method of ['OPTIONS', 'PUT', 'GET']) {
    for (const path of ['/', '/healthz/more', '/api/v1/nothing', '/api/v2/media']) {
      const response = await fetch(inbox.url + path, { method });
      expect([method, path, response.status]).toEqual([method, path, 404]);
    }
  }
});

test('a page before another stays what it was when messages arrive', async () => {
  const basic = `Basic ${btoa(`${ACCOUNT.sid}:${ACCOUNT.authToken}`)}`;
  const page = async (path: string) => {
    const response = await fetch(inbox.url + path, { headers: { authorization: basic } });
    const { messages, ...paging } = (await response.json()) as {
      messages: { body: string }[];
      next_page_uri: string;
      previous_page_uri: string;
      page: number;
    };
    return { ...paging, bodies: messages.map(({ body }) => body) };
  };
  const receive = (body: string) => inbox.receive({ body, attachments: [] });
  for (let n = 1; n <= 6; n += 1) await receive(String(n));
  const list = `/2010-04-01/Accounts/${ACCOUNT.sid}/Messages.json?PageSize=2`;
  const second = await page((await page(list)).next_page_uri);
  const third = await page(second.next_page_uri);
  expect(third.bodies).toEqual(['2', '1']);
  await receive('7');
  const before = await page(third.previous_page_uri);
  expect(before).toMatchObject({ page: 1, bodies: ['4', '3'] });
  expect(await page(before.previous_page_uri)).toMatchObject({ page: 0, bodies: ['6', '5'] });
  expect((await page(before.next_page_uri)).bodies).toEqual(['2', '1']);
});
