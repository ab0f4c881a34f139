import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { MediaItem } from '../../src/gallery/item-schemas.ts';
import { type StrictS3, startStrictS3 } from '../support/s3/strict-s3.ts';
import { smallPicture } from '../support/small-picture.ts';
import { storedFiles } from '../support/stored-files.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let s3: StrictS3;
let inbox: TestInbox;
beforeAll(async () => {
  s3 = await startStrictS3('mms');
  for (const [name, value] of Object.entries(s3.env)) vi.stubEnv(name, value);
  inbox = await startTestInbox({ BLOB_STORE_URL: '' });
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await inbox.stop();
  await s3.stop();
});

async function receive(seed: number): Promise<MediaItem> {
  const attachments = [{ bytes: await smallPicture(seed), contentType: 'image/png' }];
  const { message } = await inbox.receive({ attachments });
  const [media] = await inbox.mediaOf(message.sid, 'stored');
  if (media === undefined) throw new Error('not received');
  return media;
}

async function expectServed({ sid }: MediaItem, seed: number): Promise<void> {
  const content = await inbox.api('get', `/api/v1/media/${sid}/content`).expect(200);
  expect(content.body).toEqual(await smallPicture(seed));
  await inbox.api('get', `/api/v1/media/${sid}/content?metadata=strip`).expect(200);
  await inbox.api('get', `/api/v1/media/${sid}/thumbnail?size=medium`).expect(200);
  await eventually(() => inbox.api('get', `/api/v1/media/${sid}/rendition?as=picture`).expect(200));
}

const onDisk = async ({ sha256 }: MediaItem) =>
  (await storedFiles({ dataDir: inbox.dataDir })).filter((key) => key.includes(String(sha256)));
const inBucket = ({ sha256 }: MediaItem) =>
  [...s3.objects().keys()].filter((key) => key.includes(String(sha256)));

test('old files are served and deleted where they are, new ones go to the configured store', async () => {
  const [old, alsoOld] = [await receive(1), await receive(2)];
  expect(inBucket(old)).toEqual([]);
  await inbox.restart({ BLOB_STORE_URL: s3.url });
  await expectServed(old, 1);
  const [fresh, again] = [await receive(3), await receive(1)];
  await expectServed(fresh, 3);
  await expectServed(again, 1);
  expect(inBucket(fresh).length).toBeGreaterThanOrEqual(4);
  expect(await onDisk(fresh)).toEqual([]);
  // The same bytes are kept once, where they were first.
  expect(inBucket(again).filter((key) => key.includes('/blobs/'))).toEqual([]);
  await inbox.api('delete', `/api/v1/media/${old.sid}`).expect(204);
  await expectServed(again, 1);
  await inbox.api('delete', `/api/v1/media/${again.sid}`).expect(204);
  expect([await onDisk(old), inBucket(old)]).toEqual([[], []]);

  await inbox.restart({ BLOB_STORE_URL: '', BLOB_STORE_FORMER_URLS: s3.url });
  await expectServed(fresh, 3);
  await expectServed(alsoOld, 2);
  const last = await receive(4);
  expect(inBucket(last)).toEqual([]);

  // Nobody has named the bucket: its files are out of reach, not missing, and no delete of them is confirmed.
  await inbox.restart({ BLOB_STORE_URL: '' });
  const { body } = await inbox.api('get', `/api/v1/media/${fresh.sid}/content`).expect(503);
  expect(body.code).toBe('unavailable');
  expect(JSON.stringify(body)).not.toContain('strict-bucket');
  expect(inbox.logLines.join()).toContain('name it in BLOB_STORE_FORMER_URLS');
  const { headers } = await inbox.api('delete', `/api/v1/media/${fresh.sid}`).expect(503);
  expect(inBucket(fresh).length).toBeGreaterThanOrEqual(4);

  await inbox.restart({ BLOB_STORE_URL: '', BLOB_STORE_FORMER_URLS: s3.url });
  await inbox.api('post', `${headers.location}/retry`).expect(202);
  await eventually(async () => expect(inBucket(fresh)).toEqual([]));
});
