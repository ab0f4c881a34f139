import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CallAs, callAs } from '../support/call-as.ts';
import { smallPicture } from '../support/small-picture.ts';
import { startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
let by: Record<'viewer' | 'moderator' | 'admin', CallAs>;
let sid: string;
beforeAll(async () => {
  inbox = await startTestInbox();
  by = {
    viewer: await callAs(inbox, 'viewer'),
    moderator: await callAs(inbox, 'moderator'),
    admin: await callAs(inbox, 'admin'),
  };
  const attachments = [{ bytes: await smallPicture(1), contentType: 'image/png' }];
  const { message } = await inbox.receive({ attachments });
  const [media] = await inbox.mediaOf(message.sid, 'stored');
  sid = String(media?.sid);
});
afterAll(() => inbox.stop());

const list = Buffer.from(`pdq:${'ab'.repeat(32)}`);
const acts: [string, (call: CallAs) => Promise<{ status: number }>, number[]][] = [
  ['list', async (call) => call('get', '/api/v1/blocklist'), [403, 200, 200]],
  ['block', async (call) => call('post', `/api/v1/media/${sid}/block`), [403, 200, 200]],
  [
    'upload',
    async (call) => call('post', '/api/v1/blocklist').attach('file', list, 'list.txt'),
    [403, 403, 200],
  ],
  ['remove', async (call) => call('delete', '/api/v1/blocklist/1'), [403, 403, 204]],
];

test.each(acts)('who may %s', async (_name, act, expected) => {
  const statuses = [];
  for (const role of ['viewer', 'moderator', 'admin'] as const) {
    statuses.push((await act(by[role])).status);
  }
  expect(statuses).toEqual(expected);
});

test.each([
  ['get', '/api/v1/blocklist'],
  ['post', '/api/v1/blocklist'],
  ['delete', '/api/v1/blocklist/1'],
  ['post', `/api/v1/media/ME${'0'.repeat(32)}/block`],
] as const)('%s %s needs a key', async (method, path) => {
  expect((await fetch(inbox.url + path, { method: method.toUpperCase() })).status).toBe(401);
});

test.each([
  ['put', '/api/v1/blocklist', 'GET, HEAD, POST'],
  ['get', '/api/v1/blocklist/1', 'DELETE'],
  ['get', `/api/v1/media/ME${'0'.repeat(32)}/block`, 'POST'],
] as const)('%s %s is no method of it', async (method, path, allowed) => {
  expect((await inbox.api(method, path).expect(405)).headers.allow).toBe(allowed);
});

test('what is unknown, deleted or without bytes cannot be blocked', async () => {
  const block = (media: string, body: object = {}) =>
    by.moderator('post', `/api/v1/media/${media}/block`).send(body);
  expect((await block(`ME${'0'.repeat(32)}`).expect(404)).body.code).toBe('not_found');
  const faults = [{ kind: 'status', status: 410 }] as never;
  const attachment = { bytes: Buffer.from('gone'), contentType: 'text/plain', faults };
  const { message } = await inbox.receive({ attachments: [attachment] });
  const [failed] = await inbox.mediaOf(message.sid, 'failed', 'stored');
  expect((await block(String(failed?.sid)).expect(404)).body.code).toBe('media_not_stored');
  await by.admin('delete', `/api/v1/media/${failed?.sid}`).expect(204);
  expect((await block(String(failed?.sid)).expect(404)).body.code).toBe('media_deleted');
  const { body } = await block(sid, { policy: 'burn', applyToExisting: 'yes', x: 1 }).expect(400);
  expect(body.errors.map(({ field }: { field: string }) => field).toSorted()).toEqual([
    'applyToExisting',
    'policy',
    'x',
  ]);
});
