import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DeletionRecord } from '../../src/moderation/deletions/deletion-schemas.ts';
import type { DeleteFault } from '../../src/simulator/faults.ts';
import { callAs } from '../support/call-as.ts';
import {
  auditOf,
  deleteMedia,
  isCompleted,
  recordAt,
  recordWhen,
} from '../support/deletion-record.ts';
import { IN_BUCKET } from '../support/s3/test-s3.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox();
});
afterAll(() => inbox.stop());

let seed = 0;
async function receive(faults: DeleteFault[] = [], ofMessage: DeleteFault[] = []) {
  seed += 1;
  const attachment = { bytes: Buffer.from(`note ${seed}`), contentType: 'text/plain', faults };
  const { message } = await inbox.receive({ attachments: [attachment], faults: ofMessage });
  const [media] = await inbox.mediaOf(message.sid, 'stored');
  return { sid: String(media?.sid), messageSid: message.sid };
}

const once = (status: number, code: number, retryAfterSeconds?: number) => ({
  kind: 'delete-status' as const,
  status,
  code,
  times: 1,
  ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
});

const retry = (path: string) => inbox.api('post', `${path}/retry`).expect(202);

/** The record once Twilio was asked so often. */
const afterTries = (path: string, attempts: number) =>
  recordWhen(
    inbox,
    path,
    (record) => isCompleted(record) || record.open.every((target) => target.attempts === attempts),
  );

const secondsToNext = ({ open: [target] }: DeletionRecord) =>
  (Date.parse(String(target?.nextTryAt)) - Date.now()) / 1000;

test('the record tells the story: too early, an outage, a throttle, a lost answer, gone', async () => {
  const { sid } = await receive([
    once(409, 20009),
    once(503, 20503),
    once(429, 20429, 3600),
    { kind: 'delete-hang-up', times: 1 },
  ]);
  const path = await deleteMedia(inbox, sid);

  const tooEarly = await afterTries(path, 1);
  expect(tooEarly).toMatchObject({
    state: 'open',
    completedAt: null,
    local: { done: 1 },
    previews: { done: 1 },
    upstream: { retrying: 1 },
  });
  const target = { sid, kind: 'media', local: 'done', previews: 'done', upstream: 'retrying' };
  expect(tooEarly.open).toMatchObject([{ ...target, reason: 'Twilio answered 409, code 20009' }]);
  expect(secondsToNext(tooEarly)).toBeGreaterThan(50);
  expect(secondsToNext(tooEarly)).toBeLessThan(76);

  await retry(path);
  const outage = await afterTries(path, 2);
  expect(outage.open).toMatchObject([{ ...target, reason: 'Twilio answered 503, code 20503' }]);
  expect(secondsToNext(outage)).toBeGreaterThan(100);

  await retry(path);
  const throttled = await afterTries(path, 3);
  expect(throttled.open).toMatchObject([{ ...target, reason: 'Twilio answered 429, code 20429' }]);
  expect(secondsToNext(throttled)).toBeGreaterThan(3500);
  expect(inbox.twilio.mediaExists(sid)).toBe(true);

  await retry(path);
  const lost = await afterTries(path, 4);
  expect(inbox.twilio.mediaExists(sid)).toBe(false);
  expect(lost.open).toMatchObject([
    { ...target, reason: expect.stringMatching(/^Twilio could not be reached/) },
  ]);

  await retry(path);
  const done = await afterTries(path, 5);
  expect(done).toMatchObject({ state: 'completed', upstream: { done: 1 }, open: [] });
  const deletes = inbox.twilio.requests.filter(
    ({ method, mediaSid }) => method === 'DELETE' && mediaSid === sid,
  );
  expect(deletes.map(({ status }) => status)).toEqual([409, 503, 429, null, 404]);
  const { body } = await inbox.api('post', `${path}/retry`).expect(409);
  expect(body.code).toBe('conflict');
  const [, , id] = path.split('/').slice(-3);
  expect(await auditOf(inbox, `target=${id}&action=deletion.retry`)).toHaveLength(4);
});

test('a message has its own part, and takes its media along', async () => {
  const { sid, messageSid } = await receive(
    [{ kind: 'delete-status', status: 409, code: 20009 }],
    [once(409, 20009)],
  );
  const path = await deleteMedia(inbox, sid, 'message=true');
  const waiting = await afterTries(path, 1);
  expect(waiting.open).toMatchObject([
    { sid, kind: 'media', upstream: 'retrying' },
    { sid: messageSid, kind: 'message', local: 'done', upstream: 'retrying' },
  ]);
  await retry(path);
  expect(await recordWhen(inbox, path, isCompleted)).toMatchObject({ upstream: { done: 2 } });
  expect(inbox.twilio.mediaExists(sid)).toBe(false);
});

test('refused credentials are a fault of the configuration: said loudly, and tried again', async () => {
  const before = inbox.logLines.length;
  const { sid } = await receive([once(401, 20003)]);
  const path = await deleteMedia(inbox, sid);
  const refused = await afterTries(path, 1);
  expect(refused.open).toMatchObject([{ reason: 'Twilio answered 401, code 20003' }]);
  expect(secondsToNext(refused)).toBeGreaterThan(290);
  const lines = inbox.logLines.slice(before).map((line) => JSON.parse(line));
  expect(lines.filter(({ level }) => level >= 50)).toMatchObject([
    { msg: expect.stringContaining('refuses the credentials') },
  ]);
  // What was found is shared for a second.
  await eventually(async () => {
    const { body } = await inbox.api('get', '/readyz').expect(200);
    expect(body).toMatchObject({
      status: 'degraded',
      parts: { upstream: expect.stringContaining('refuses'), deletions: 'ok' },
    });
  });
  await retry(path);
  await recordWhen(inbox, path, isCompleted);
  await eventually(async () =>
    expect((await inbox.api('get', '/readyz')).body.parts.upstream).toBe('ok'),
  );
});

test.skipIf(IN_BUCKET)(
  'a file that cannot be removed: 503 with the record, which is tried again',
  async () => {
    const { sid } = await receive();
    const folder = join(inbox.dataDir, 'blobs', 'blobs');
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const { body: item } = await inbox.api('get', `/api/v1/media/${sid}`).expect(200);
    const file = entries.find(({ name }) => name.startsWith(item.sha256));
    const blob = join(String(file?.parentPath), String(file?.name));
    // A folder in its place: nothing that can be unlinked.
    await rename(blob, `${blob}.away`);
    await mkdir(blob);
    await writeFile(join(blob, 'x'), '');
    const { body, headers } = await inbox.api('delete', `/api/v1/media/${sid}`).expect(503);
    expect(body.code).toBe('unavailable');
    await inbox.api('get', `/api/v1/media/${sid}/content`).expect(404);
    const path = String(headers.location);
    expect((await recordAt(inbox, path)).open).toMatchObject([
      { sid, local: 'retrying', reason: expect.stringMatching(/^A file could not be removed/) },
    ]);
    await rm(blob, { recursive: true });
    await rename(`${blob}.away`, blob);
    await retry(path);
    expect(await recordWhen(inbox, path, isCompleted)).toMatchObject({ local: { done: 1 } });
    await expect(readdir(join(blob, '..'))).resolves.not.toContain(file?.name);
  },
);

test('DELETE_UPSTREAM=never: Twilio’s part is kept, and the record says so', async () => {
  await inbox.restart({ DELETE_UPSTREAM: 'never' });
  const { sid } = await receive();
  const path = await deleteMedia(inbox, sid, 'message=true');
  const record = await recordAt(inbox, path);
  expect(record).toMatchObject({ state: 'completed', upstream: { kept: 2 }, open: [] });
  expect(inbox.twilio.mediaExists(sid)).toBe(true);
});

test('roles, unknown ids, wrong queries', async () => {
  const asViewer = await callAs(inbox, 'viewer');
  const asModerator = await callAs(inbox, 'moderator');
  const { sid } = await receive();
  for (const [method, path] of [
    ['delete', `/api/v1/media/${sid}?scope=sender`],
    ['get', '/api/v1/deletions'],
    ['get', '/api/v1/deletions/1'],
    ['get', '/api/v1/deletions/1/targets'],
    ['post', '/api/v1/deletions/1/retry'],
  ] as const) {
    expect((await asViewer(method, path)).status, path).toBe(403);
  }
  for (const path of ['/999999', '/999999/targets']) {
    await asModerator('get', `/api/v1/deletions${path}`).expect(404);
  }
  await asModerator('post', '/api/v1/deletions/999999/retry').expect(404);
  await asModerator('delete', `/api/v1/media/ME${'0'.repeat(32)}?scope=message`).expect(404);
  for (const query of ['scope=all', 'message=yes', 'reason=%2B14155550123', 'who=me']) {
    await asModerator('delete', `/api/v1/media/${sid}?${query}`).expect(400);
  }
  for (const query of ['state=lost', 'limit=0', 'cursor=x']) {
    await asModerator('get', `/api/v1/deletions?${query}`).expect(400);
  }
  await asModerator('get', '/api/v1/deletions/x').expect(400);
  const first = await asModerator('get', '/api/v1/deletions?limit=2').expect(200);
  const next = await asModerator(
    'get',
    `/api/v1/deletions?limit=2&cursor=${first.body.nextCursor}`,
  ).expect(200);
  const ids = [...first.body.items, ...next.body.items].map(({ id }) => Number(id));
  expect(ids).toEqual(ids.toSorted((a, b) => b - a));
  expect(new Set(ids).size).toBe(4);
});
