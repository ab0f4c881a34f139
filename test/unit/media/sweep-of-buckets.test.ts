import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Database } from '../../../src/database/database.ts';
import { openDatabase } from '../../../src/database/open-database.ts';
import type { BlobStore } from '../../../src/files/blob-store.ts';
import { newBlobKey, newPreviewKey } from '../../../src/files/file-names.ts';
import { openBlobStore } from '../../../src/files/open-blob-store.ts';
import { parseS3Url } from '../../../src/files/s3/s3-location.ts';
import { type FileWriter, registerFileWriter } from '../../../src/media/file-writer.ts';
import { sweepOrphans } from '../../../src/media/housekeeping.ts';
import { type StrictS3, startStrictS3 } from '../../support/s3/strict-s3.ts';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.ts';

const SHA256 = 'ab'.repeat(32);
const log = pino({ level: 'silent' });
let s3: StrictS3;
let place: TestDatabase;
let database: Database;
let writer: FileWriter;
let endedId: string;
let opened: BlobStore[];

beforeEach(async () => {
  s3 = await startStrictS3('mms');
  for (const [name, value] of Object.entries(s3.env)) vi.stubEnv(name, value);
  place = await createTestDatabase();
  database = await openDatabase(place, log);
  opened = [];
  const ended = await registerFileWriter(database, log);
  endedId = ended.id();
  await ended.close();
  writer = await registerFileWriter(database, log);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const { close } of opened) close();
  await writer.close();
  await database.close();
  await place.remove();
  await s3.stop();
});

async function open(writerId: string, url = s3.url): Promise<BlobStore> {
  const blobs = await openBlobStore(
    { blobFolder: join(place.dataDir, 'files'), s3: parseS3Url(url), formerS3: [] },
    () => writerId,
    log,
  );
  opened.push(blobs);
  return blobs;
}

async function put(blobs: BlobStore, key: string): Promise<string> {
  const path = blobs.scratchPath('owner');
  await writeFile(path, 'precious');
  await blobs.adopt(path, key);
  return key;
}

const putBlob = (blobs: BlobStore) => put(blobs, newBlobKey(blobs, SHA256));
const sweep = (blobs: BlobStore) =>
  sweepOrphans({ database, blobs, writer }, new AbortController().signal);
const keys = () => [...s3.objects().keys()].map((key) => `s3://strict-bucket/${key}`).toSorted();

test('objects that an ended process left go; those of others, and of other prefixes, stay', async () => {
  const left = await open(endedId);
  await putBlob(left);
  await put(left, newPreviewKey(left, SHA256, 'small', 'image/webp'));
  const blobs = await open(writer.id());
  const kept = [
    await putBlob(blobs),
    await putBlob(await open(endedId, s3.url.replace('/mms?', '/mms-other?'))),
    await putBlob(await open(endedId, s3.url.replace('/mms?', '/mms/nested?'))),
    await put(left, left.newKey(`blobs-of-another/ab/${left.newName(SHA256)}`)),
    await put(left, left.newKey('blobs/ab/notes.txt')),
  ];
  const key = await putBlob(left);
  await database.prisma.blob.create({ data: { sha256: SHA256, key, byteSize: 8 } });
  expect(await sweep(blobs)).toBe(2);
  expect(keys()).toEqual([...kept, key].toSorted());
});

test('an object that a row names by the time of its removal stays', async () => {
  const left = await open(endedId);
  const orphans = [await putBlob(left), await putBlob(left)];
  const blobs = await open(writer.id());
  const stale: BlobStore = {
    ...blobs,
    async remove(key) {
      await blobs.remove(key);
      const other = orphans.find((orphan) => orphan !== key) ?? '';
      await database.prisma.blob.create({ data: { sha256: SHA256, key: other, byteSize: 8 } });
    },
  };
  expect(await sweep(stale)).toBe(1);
  const { key } = await database.prisma.blob.findUniqueOrThrow({ where: { sha256: SHA256 } });
  expect(keys()).toEqual([key]);
});

test('a bucket that does not answer is no empty one', async () => {
  const blobs = await open(writer.id());
  await putBlob(await open(endedId));
  s3.fail(/^GET/, 'html');
  await expect(sweep(blobs)).rejects.toThrow(/does not answer as S3 does/);
  s3.mend();
  expect(await sweep(blobs)).toBe(1);
});
