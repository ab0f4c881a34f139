import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type {
  DeletionRecord,
  DeletionTargetItem,
} from '../../src/moderation/deletions/deletion-schemas.ts';
import { DELETION_SCOPES } from '../../src/moderation/deletions/record-deletion.ts';
import { storedFiles } from '../support/stored-files.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

const MESSAGES = 24;
const DELETES = 22;
const SENDERS = 6;
// Of each content: its bytes and three thumbnails.
const FILES = 4;
const CONTENTS = ['the one content', 'the other content'];

let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox();
});
afterAll(() => inbox.stop());

const sender = (n: number) => `+1555000800${n % SENDERS}`;

/** Messages of few senders, with few contents; each has one media item, whose sids these are. */
async function receiveAll(): Promise<string[]> {
  const received = Array.from({ length: MESSAGES }, async (_, n) => {
    const bytes = Buffer.from(CONTENTS[Math.floor(n / 4) % 2] ?? '');
    const attachments = [{ bytes, contentType: 'text/plain' }];
    const { message } = await inbox.receive({ from: sender(n), attachments });
    const [media] = await inbox.mediaOf(message.sid, 'stored');
    return String(media?.sid);
  });
  const sids = await Promise.all(received);
  // Another item's job of the same bytes may have files in place yet, which it does not keep.
  await eventually(async () => {
    for (const content of CONTENTS) expect(await filesOf(hashOf(content))).toHaveLength(FILES);
  });
  return sids;
}

/** Blobs and previews; their names begin with the hash of the bytes. */
async function filesOf(sha256: string): Promise<string[]> {
  const keys = await storedFiles(inbox);
  return keys.filter((key) => new RegExp(`(blobs|previews)/../${sha256}-`).test(key));
}

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');

/**
 * Of bytes whose target is `done` here no file is left, but for a moment: a job that has made thumbnails of them
 * finds the row gone, and removes its files again.
 */
async function checkDone(path: string): Promise<void> {
  const { body } = await inbox.api('get', `${path}/targets?limit=200`).expect(200);
  const done = (body.items as DeletionTargetItem[]).filter(({ local }) => local === 'done');
  for (const sha256 of new Set(done.flatMap(({ sha256 }) => sha256 ?? []))) {
    await eventually(async () => expect(await filesOf(sha256), path).toEqual([]));
  }
}

test('many deletions of the same bytes at once, and an erasure: all end, and nothing is left', async () => {
  const sids = await receiveAll();
  for (const text of CONTENTS) expect(await filesOf(hashOf(text))).not.toEqual([]);

  const deletes = sids.slice(0, DELETES).map(async (sid, n) => {
    const scope = DELETION_SCOPES[n % DELETION_SCOPES.length];
    const path = `/api/v1/media/${sid}?scope=${scope}&message=${n % 3 === 0}`;
    const { status, body, headers } = await inbox.api('delete', path);
    if (status === 204) return checkDone(String(headers.location));
    // Another one was quicker; of a message that is gone the sender is not known any more.
    const isUnknownSender = scope === 'sender' && body.code === 'invalid_request';
    expect(isUnknownSender || body.code === 'media_deleted', JSON.stringify(body)).toBe(true);
  });
  const erasure = inbox
    .api('post', '/api/v1/senders/erasures')
    .send({ address: sender(5) })
    .expect(202);
  const [{ headers }] = await Promise.all([erasure, ...deletes]);

  await eventually(async () => {
    const { body } = await inbox.api('get', '/api/v1/deletions?limit=200').expect(200);
    const open = (body.items as DeletionRecord[]).filter(({ state }) => state !== 'completed');
    expect(open).toEqual([]);
    const erased = await inbox.api('get', String(headers.location)).expect(200);
    expect(erased.body.erasedAt).not.toBeNull();
  }, 90_000);
  for (const text of CONTENTS) expect(await filesOf(hashOf(text))).toEqual([]);
  for (const sid of sids) {
    const { body } = await inbox.api('get', `/api/v1/media/${sid}`).expect(404);
    expect(body.code).toBe('media_deleted');
    expect(inbox.twilio.mediaExists(sid)).toBe(false);
  }
  const { body } = await inbox.api('get', '/api/v1/deletions?state=stuck').expect(200);
  expect(body.items).toEqual([]);
  const errors = inbox.logLines.filter((line) => JSON.parse(line).level >= 50);
  expect(errors).toEqual([]);
}, 150_000);
