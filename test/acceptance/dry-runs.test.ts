import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { importNotes } from '../support/import-notes.ts';
import { startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox();
});
afterAll(() => inbox.stop());

const audit = async () => (await inbox.api('get', '/api/v1/audit').expect(200)).body;

/** Makes a request with `dryRun`, and checks that the audit log says nothing about it. */
async function counts(request: () => ReturnType<TestInbox['api']>) {
  const before = await audit();
  const { body } = await request().expect(200);
  expect(body.dryRun).toBe(true);
  expect(await audit()).toEqual(before);
  return body;
}

test('a message and its attachments are counted, and stay', async () => {
  const [sid = ''] = await importNotes(inbox, 2);
  const { body: media } = await inbox.api('get', `/api/v1/media/${sid}`).expect(200);
  const path = `/api/v1/messages/${media.messageSid}`;
  expect(await counts(() => inbox.api('delete', `${path}?dryRun=true`))).toEqual({
    dryRun: true,
    media: 2,
    messages: 1,
  });
  await inbox.api('get', `/api/v1/media/${sid}`).expect(200);
  expect((await inbox.api('get', '/api/v1/deletions').expect(200)).body.items).toEqual([]);
  await inbox.api('delete', path).expect(204);
  await inbox.api('delete', `${path}?dryRun=true`).expect(404);
});

test('a block by an attachment is counted, and nothing is blocked or deleted', async () => {
  const [sid = ''] = await importNotes(inbox);
  const path = `/api/v1/media/${sid}/block`;
  const body = { policy: 'delete', applyToExisting: true, dryRun: true };
  const wouldAdd = { dryRun: true, added: 1, raised: 0, known: 0, matchesExisting: 1, entries: [] };
  expect(await counts(() => inbox.api('post', path).send(body))).toEqual(wouldAdd);
  await inbox.mediaOf((await inbox.api('get', `/api/v1/media/${sid}`)).body.messageSid, 'stored');
  expect((await inbox.api('get', '/api/v1/blocklist').expect(200)).body.items).toEqual([]);

  const { body: added } = await inbox.api('post', path).send({ policy: 'quarantine' }).expect(200);
  const raised = { dryRun: true, added: 0, raised: 1, known: 0, entries: added.entries };
  expect(await counts(() => inbox.api('post', path).send(body))).toMatchObject(raised);

  const entry = `/api/v1/blocklist/${added.entries[0].id}`;
  expect(await counts(() => inbox.api('delete', `${entry}?dryRun=true`))).toEqual({
    dryRun: true,
    caught: 0,
  });
  await inbox.api('delete', entry).expect(204);
  await inbox.api('delete', `${entry}?dryRun=true`).expect(404);
});

test('a list of hashes is counted as it would be added', async () => {
  const hash = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;
  const send = (lines: string[], fields: Record<string, string>) =>
    inbox
      .api('post', '/api/v1/blocklist')
      .field(fields)
      .attach('file', Buffer.from(lines.join('\n')), 'list.txt');
  await send([hash('a'), hash('b')], { policy: 'quarantine' }).expect(200);
  const dry = { policy: 'delete', applyToExisting: 'true', dryRun: 'true' };
  const lines = [hash('a'), hash('c'), hash('c'), 'what?'];
  const counted = await counts(() => send(lines, dry));
  expect(counted).toMatchObject({
    kind: 'list',
    added: 1,
    raised: 1,
    known: 0,
    duplicates: 1,
    matchesExisting: 0,
    badLines: { count: 1 },
  });
  const { body: done } = await send(lines, { policy: 'delete' }).expect(200);
  expect({ dryRun: true, ...done }).toEqual(counted);
});

test('what goes with an endpoint is counted, and it stays', async () => {
  const endpoints = '/api/v1/endpoints';
  const url = 'https://203.0.114.1/hook';
  const { body: made } = await inbox
    .api('post', endpoints)
    .send({ url, types: ['media.failed'] })
    .expect(201);
  await inbox.api('post', `${endpoints}/${made.id}/test`).expect(202);
  await inbox.api('patch', `${endpoints}/${made.id}`).send({ state: 'paused' }).expect(200);
  const path = `${endpoints}/${made.id}?dryRun=true`;
  expect(await counts(() => inbox.api('delete', path))).toEqual({
    dryRun: true,
    deliveries: 1,
    pending: 1,
  });
  await inbox.api('delete', `${endpoints}/${made.id}`).expect(204);
  await inbox.api('delete', path).expect(404);
});

test('what ends with a key is counted, and it stays valid', async () => {
  const named = { name: 'reader', role: 'viewer' };
  const { body: key } = await inbox.api('post', '/api/v1/keys').send(named).expect(201);
  const origin = new URL(inbox.url).origin;
  await fetch(`${inbox.url}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify({ key: key.secret }),
  });
  const path = '/api/v1/keys/reader?dryRun=true';
  expect(await counts(() => inbox.api('delete', path))).toEqual({ dryRun: true, sessions: 1 });
  await inbox.api('delete', '/api/v1/keys/reader').expect(204);
  await inbox.api('delete', path).expect(404);
});
