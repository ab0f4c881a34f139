import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox();
});
afterAll(() => inbox.stop());

const SEVERAL = 'takes one value, but several were given';

test.each([
  ['/api/v1/media?state=stored&state=failed', 'state'],
  ['/api/v1/media?from=%2B1&from=%2B2', 'from'],
  ['/api/v1/media?limit=1&limit=2', 'limit'],
  ['/api/v1/media?cursor=a&cursor=b', 'cursor'],
  ['/api/v1/media?contentType=image/&contentType=video/', 'contentType'],
  ['/api/v1/media?receivedAfter=2026-01-01&receivedAfter=2026-01-02', 'receivedAfter'],
  ['/api/v1/messages?to=%2B1&to=%2B2', 'to'],
  ['/api/v1/audit?actor=a&actor=b', 'actor'],
  ['/api/v1/senders?muted=true&muted=false', 'muted'],
  ['/api/v1/deletions?cursor=1&cursor=2', 'cursor'],
  ['/api/v1/blocklist?kind=pdq&kind=pdq', 'kind'],
  ['/api/v1/events?types=media.stored&types=media.failed', 'types'],
])('a parameter that is repeated is told in words: %s', async (path, field) => {
  const { body } = await inbox.api('get', path).expect(400);
  expect(body.errors).toEqual([{ field, message: SEVERAL }]);
});

test('so is a list in a body where one value is wanted, and a list that is wrong is not', async () => {
  const url = ['https://example.com/'];
  const { body } = await inbox.api('post', '/api/v1/endpoints').send({ url }).expect(400);
  expect(body.errors).toEqual([{ field: 'url', message: SEVERAL }]);
  const bulk = await inbox.api('post', '/api/v1/bulk').send({ action: 'hold', sids: [] });
  expect(bulk.body.errors).toEqual([{ field: 'sids', message: expect.stringMatching(/^1 to /) }]);
});
