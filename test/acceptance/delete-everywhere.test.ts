import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MediaItem } from '../../src/gallery/item-schemas.ts';
import { sampleAttachment } from '../../src/simulator/samples/sample-attachments.ts';
import { deleteMedia, isCompleted, recordWhen } from '../support/deletion-record.ts';
import { downloadExport, makeExport } from '../support/exports.ts';
import { findBytes } from '../support/find-bytes.ts';
import { findCopies } from '../support/find-copies.ts';
import { storedFiles } from '../support/stored-files.ts';
import { ACCOUNT, eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox();
});
afterAll(() => inbox.stop());

/** A picture that nobody else has, of many kilobytes. */
function noise(seed: number): Promise<Buffer> {
  const raw = Buffer.alloc(200 * 200 * 3, 0);
  for (let n = 0; n < raw.length; n += 1)
    raw[n] = (n * 7919 + seed * 104_729 + (n >> 3) * 31) % 251;
  return sharp(raw, { raw: { width: 200, height: 200, channels: 3 } })
    .png()
    .toBuffer();
}

async function receive(bytes: Buffer): Promise<MediaItem> {
  const { message } = await inbox.receive({ attachments: [{ bytes, contentType: 'image/png' }] });
  const [media] = await inbox.mediaOf(message.sid, 'stored');
  if (media === undefined) throw new Error('the message has no media');
  return media;
}

/** The picture in full size. */
function renditionOf(sid: string): Promise<Buffer> {
  const path = `/api/v1/media/${sid}/rendition?as=picture`;
  return eventually(async () => {
    return (await inbox.api('get', path).responseType('blob').expect(200)).body as Buffer;
  });
}

async function previewsOf({ sid }: MediaItem): Promise<Buffer[]> {
  const previews = [await renditionOf(sid)];
  for (const size of ['small', 'medium', 'large']) {
    const path = `/api/v1/media/${sid}/thumbnail?size=${size}`;
    previews.push((await inbox.api('get', path).responseType('blob').expect(200)).body as Buffer);
  }
  return previews;
}

// A folder that goes while it is listed makes it begin anew.
const copiesOf = (...needles: Buffer[]) => eventually(() => findCopies(inbox, ...needles));

test('every copy of the same bytes is gone: here, in previews, links and at Twilio', async () => {
  const bytes = await noise(1);
  const [first, second] = [await receive(bytes), await receive(bytes)];
  const { body: imported } = await inbox
    .api('post', '/api/v1/media')
    .attach('files', bytes, 'again.png')
    .expect(201);
  await inbox.mediaOf(imported.messageSid, 'stored');
  const other = await receive(await noise(2));
  // Kept, so it is no copy of the other one.
  await renditionOf(other.sid);
  const previews = await previewsOf(first);
  const { body: links } = await inbox.api('post', `/api/v1/media/${second.sid}/links`).expect(201);
  expect((await fetch(links.content)).status).toBe(200);
  // The search finds what is there.
  for (const copy of [bytes, ...previews]) expect(await copiesOf(copy)).not.toEqual([]);

  const sids = [first.sid, second.sid, other.sid];
  const made = await makeExport(inbox.api, { sids });
  expect((await downloadExport(inbox.api, made.id)).bytes.includes(bytes)).toBe(true);

  const path = await deleteMedia(inbox, first.sid, 'scope=same-bytes&reasonCode=abuse');
  expect(await copiesOf(bytes, ...previews)).toEqual([]);
  expect((await fetch(links.content)).status).toBe(404);
  const archive = await downloadExport(inbox.api, made.id);
  expect(archive.bytes.includes(bytes)).toBe(false);
  expect(archive.manifest.media.map(({ sid }) => sid)).toEqual([other.sid]);
  for (const link of Object.values(links.thumbnails as Record<string, string>)) {
    expect((await fetch(link)).status).toBe(404);
  }
  expect(await recordWhen(inbox, path, isCompleted)).toMatchObject({
    scope: 'same-bytes',
    mediaSid: first.sid,
    reasonCode: 'abuse',
    state: 'completed',
    requestedBy: 'ADMIN_API_KEY',
    targets: 3,
    open: [],
    local: { done: 3 },
    previews: { done: 3 },
    upstream: { done: 2, none: 1 },
  });
  for (const { sid, messageSid } of [first, second]) {
    expect(inbox.twilio.mediaExists(sid)).toBe(false);
    const url = `${inbox.twilio.apiBaseUrl}/2010-04-01/Accounts/${ACCOUNT.sid}/Messages/${messageSid}/Media/${sid}`;
    const authorization = `Basic ${btoa(`${ACCOUNT.sid}:${ACCOUNT.authToken}`)}`;
    expect((await fetch(url, { headers: { authorization } })).status).toBe(404);
  }
  const [tombstone] = await inbox.mediaOf(first.messageSid, 'deleted');
  expect(tombstone).toMatchObject({
    sha256: first.sha256,
    preview: null,
    details: null,
    contentType: null,
    fileName: null,
  });
  await inbox.api('get', `/api/v1/media/${other.sid}/content`).expect(200);
}, 60_000);

test('what is being downloaded is gone when the delete answers, and does not come back', async () => {
  // The first mebibyte is written when it is complete; then it goes on for some seconds.
  const bytes = randomBytes(4 * 1024 ** 2);
  const fault = { kind: 'slow', bytesPerSecond: 500_000 } as const;
  const { message } = await inbox.receive({
    attachments: [{ bytes, contentType: 'image/png', faults: [fault] }],
  });
  const beginning = bytes.subarray(0, 500);
  const scratch = join(inbox.dataDir, 'blobs', 'incoming');
  await eventually(async () => expect(await findBytes(scratch, beginning)).toHaveLength(1));
  const sid = message.media[0]?.sid ?? '';
  const path = await deleteMedia(inbox, sid);
  expect(await copiesOf(beginning)).toEqual([]);
  await recordWhen(inbox, path, isCompleted);
  await eventually(async () => {
    const ended = inbox.logLines.map((line) => JSON.parse(line));
    expect(ended).toContainEqual(
      expect.objectContaining({ job: 'fetch-media', mediaSid: sid, msg: 'job ended' }),
    );
  });
  expect(await copiesOf(beginning)).toEqual([]);
  const [tombstone] = await inbox.mediaOf(message.sid, 'deleted');
  expect(tombstone?.sha256).toBeNull();
}, 60_000);

test('what is being previewed leaves nothing behind', async () => {
  const before = await storedFiles(inbox);
  for (let round = 0; round < 3; round += 1) {
    const attachment = await sampleAttachment('landscape');
    const { message } = await inbox.receive({ attachments: [attachment] });
    const sid = message.media[0]?.sid ?? '';
    await eventually(async () => {
      const { body } = await inbox.api('get', `/api/v1/media/${sid}`).expect(200);
      expect(body.fetchedAt).not.toBeNull();
    });
    await deleteMedia(inbox, sid);
    const folder = join(inbox.dataDir, 'blobs');
    const bytes = Buffer.from(attachment.bytes);
    expect(await eventually(() => findBytes(folder, bytes))).toEqual([]);
    await eventually(async () =>
      expect((await storedFiles(inbox)).toSorted()).toEqual(before.toSorted()),
    );
  }
}, 60_000);
