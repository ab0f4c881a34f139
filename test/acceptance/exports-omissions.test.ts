import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MediaItem } from '../../src/gallery/item-schemas.ts';
import { type CallAs, callAs } from '../support/call-as.ts';
import { blobKey, damageFile, removed } from '../support/damage-files.ts';
import { downloadExport, makeExport, readArchive, receivePicture } from '../support/exports.ts';
import { smallPicture } from '../support/small-picture.ts';
import { startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
let asAdmin: CallAs;
let asModerator: CallAs;
let asViewer: CallAs;
beforeAll(async () => {
  inbox = await startTestInbox();
  asAdmin = inbox.api;
  asModerator = await callAs(inbox, 'moderator');
  asViewer = await callAs(inbox, 'viewer');
});
afterAll(() => inbox.stop());

const receive = (from: string, seed: number) => receivePicture(inbox, from, seed);

const decide = (sid: string, decision: string) =>
  asAdmin('post', `/api/v1/media/${sid}/decision`).send({ decision }).expect(200);

test('a viewer gets what a viewer may see; a moderator is told, and may reveal', async () => {
  const from = '+15550005004';
  const [kept, held] = [await receive(from, 20), await receive(from, 21)];
  await decide(held.sid, 'hold');
  const sids = [kept.sid, held.sid];
  const omittedFor = async (call: CallAs, body: object) => {
    const { manifest } = await downloadExport(call, (await makeExport(call, body)).id);
    return manifest.omitted;
  };
  expect(await omittedFor(asViewer, { sids })).toEqual([{ sid: held.sid, reason: 'not_found' }]);
  expect(await omittedFor(asModerator, { sids })).toEqual([{ sid: held.sid, reason: 'held' }]);
  const reveals = async () => {
    const { body } = await asAdmin('get', '/api/v1/audit?action=media.reveal').expect(200);
    return body.items;
  };
  expect(await reveals()).toEqual([]);
  await asModerator('post', '/api/v1/exports').send({ sids, reveal: true }).expect(400);
  const reveal = { sids, reveal: true, reason: 'for the police' };
  const made = await makeExport(asModerator, reveal);
  const opened = await downloadExport(asModerator, made.id);
  expect(opened.manifest.omitted).toEqual([]);
  expect(await reveals()).toMatchObject([
    { actor: 'moderator', target: held.sid, reason: 'for the police' },
  ]);
  // What is held back after that is not recorded, and so not in it.
  await decide(kept.sid, 'hold');
  const { manifest } = await downloadExport(asModerator, made.id);
  expect(manifest.omitted).toEqual([{ sid: kept.sid, reason: 'held' }]);
  await decide(kept.sid, 'approve');
  await asViewer('post', '/api/v1/exports').send(reveal).expect(403);
  const filter = { moderation: 'held' };
  await asViewer('post', '/api/v1/exports').send({ filter }).expect(403);
  const seen = await makeExport(asViewer, { filter: { from } });
  expect(seen.total).toBe(1);
});

test('the numbers of a message that is held back are not for viewers, nor found by them', async () => {
  const from = '+15550005005';
  const { sid, messageSid } = await receive(from, 25);
  const path = `/api/v1/messages/${messageSid}/decision`;
  await asAdmin('post', path).send({ decision: 'hold' }).expect(200);
  await decide(sid, 'approve');
  const made = await makeExport(asViewer, { sids: [sid] });
  const { manifest } = await downloadExport(asViewer, made.id);
  expect(JSON.stringify(manifest)).not.toContain(from.slice(1));
  expect((await makeExport(asViewer, { filter: { from } })).total).toBe(0);
});

test('what is deleted, held back or damaged since is left out, with the reason', async () => {
  const from = '+15550005006';
  const all = [];
  for (let n = 0; n < 5; n += 1) all.push(await receive(from, 30 + n));
  const [kept, deleted, held, damaged, gone] = all as [
    MediaItem,
    MediaItem,
    MediaItem,
    MediaItem,
    MediaItem,
  ];
  await damageFile(inbox, await blobKey(inbox, damaged), ({ length }) => Buffer.alloc(length));
  await damageFile(inbox, await blobKey(inbox, gone), removed);
  const faults = [{ kind: 'status', status: 403 } as const];
  const attachment = { bytes: await smallPicture(36), contentType: 'image/png', faults };
  const { message } = await inbox.receive({ from, attachments: [attachment] });
  const [failed] = await inbox.mediaOf(message.sid, 'pending', 'failed');
  const sids = [...all, failed].map((item) => item?.sid);
  const made = await makeExport(asModerator, { sids });
  expect(made).toMatchObject({ total: 6, done: 6, omitted: 3 });
  const before = await downloadExport(asModerator, made.id);
  await asAdmin('delete', `/api/v1/media/${deleted.sid}`).expect(204);
  await decide(held.sid, 'quarantine');
  const after = await downloadExport(asModerator, made.id);
  expect(after.headers.etag).not.toBe(before.headers.etag);
  expect(after.manifest.media.map(({ sid }) => sid)).toEqual([kept.sid]);
  expect(after.manifest.omitted).toEqual([
    { sid: deleted.sid, reason: 'deleted' },
    { sid: held.sid, reason: 'quarantined' },
    { sid: damaged.sid, reason: 'unreadable' },
    { sid: gone.sid, reason: 'unreadable' },
    { sid: failed?.sid, reason: expect.stringMatching(/^(pending|failed)$/) },
  ]);
});

test('a file that is lost after the check cuts one download, and the next has the others', async () => {
  const [kept, lost] = [await receive('+15550005010', 45), await receive('+15550005010', 46)];
  const { id } = await makeExport(asViewer, { sids: [kept.sid, lost.sid] });
  await damageFile(inbox, await blobKey(inbox, lost), removed);
  await expect(readArchive(asViewer, id).then()).rejects.toThrow(/aborted|hang up|reset/);
  const { manifest } = await downloadExport(asViewer, id);
  expect(manifest.media.map(({ sid }) => sid)).toEqual([kept.sid]);
  expect(manifest.omitted).toEqual([{ sid: lost.sid, reason: 'unreadable' }]);
  const { body } = await asViewer('get', `/api/v1/exports/${id}`).expect(200);
  expect(body).toMatchObject({ omitted: 1, byteSize: kept.byteSize });
  const damaged = inbox.logLines.filter((line) => line.includes('stored file is missing'));
  expect(damaged.filter((line) => line.includes(lost.sid))).toHaveLength(1);
  const failed = inbox.logLines.filter((line) => line.includes('request failed'));
  expect(failed).toHaveLength(1);
});
