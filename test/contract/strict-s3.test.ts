import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { BlobStore } from '../../src/files/blob-store.ts';
import { newWriterId } from '../../src/files/file-names.ts';
import { openBlobStore } from '../../src/files/open-blob-store.ts';
import { parseS3Url } from '../../src/files/s3/s3-location.ts';
import { type StrictS3, startStrictS3 } from '../support/s3/strict-s3.ts';

const LARGE = 20 * 1024 ** 2;

let folder: string;
let s3: StrictS3;
let blobs: BlobStore;
let logLines: { msg: string; problem?: string }[];
const log = pino({ base: null }, { write: (line) => void logLines.push(JSON.parse(line)) });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mms-inbox-s3-'));
  s3 = await startStrictS3('mms/');
  logLines = [];
  for (const [name, value] of Object.entries(s3.env)) vi.stubEnv(name, value);
  blobs = await open();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  blobs.close();
  await s3.stop();
  await rm(folder, { recursive: true, force: true });
});

function open(parameters = ''): Promise<BlobStore> {
  const writerId = newWriterId();
  return openBlobStore(
    { blobFolder: folder, s3: parseS3Url(s3.url + parameters), formerS3: [] },
    () => writerId,
    log,
  );
}

async function put(path: string, bytes: Buffer | string = 'hello world'): Promise<string> {
  const key = blobs.newKey(path);
  const scratch = blobs.scratchPath('owner');
  await writeFile(scratch, bytes);
  await blobs.adopt(scratch, key);
  return key;
}

const read = (key: string) => blobs.withLocalFile(key, (path) => readFile(path));
const stream = async (key: string, start: number, end: number) =>
  buffer(await blobs.openRange(key, { start, end }));

test('signs everything, sends checksums, and relies on no condition', async () => {
  const bytes = randomBytes(LARGE);
  const [small, large] = [await put('blobs/aa/small'), await put('blobs/aa/large', bytes)];
  expect(small).toBe('s3://strict-bucket/mms/blobs/aa/small');
  expect([...s3.objects().keys()]).toEqual(['mms/blobs/aa/small', 'mms/blobs/aa/large']);
  expect((await read(large)).equals(bytes)).toBe(true);
  expect((await stream(large, 0, bytes.length - 1)).equals(bytes)).toBe(true);
  const parts = s3.requests.filter((line) => line.includes('partNumber'));
  expect(parts).toHaveLength(3);
  await blobs.remove(small);
  await blobs.remove(large);
  expect(s3.objects().size).toBe(0);
});

test('writes with the encryption and storage class of the URL', async () => {
  blobs.close();
  blobs = await open('&sse=aws:kms&sse-kms-key-id=alias/mms&storage-class=STANDARD_IA');
  for (const bytes of ['small', Buffer.alloc(LARGE)]) {
    await put('blobs/x', bytes);
    expect(s3.headersOf('mms/blobs/x')).toMatchObject({
      'x-amz-server-side-encryption': 'aws:kms',
      'x-amz-server-side-encryption-aws-kms-key-id': 'alias/mms',
      'x-amz-storage-class': 'STANDARD_IA',
      'x-amz-meta-sha256': expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  }
});

test('lists page after page, each key of a call once', async () => {
  const folders = ['blobs', 'previews', 'renditions'];
  const keys: string[] = [];
  for (const name of folders) {
    for (let place = 0; place < 8; place += 1) keys.push(await put(`${name}/${place}f/x`));
  }
  s3.objects();
  for (let round = 0; round < 3; round += 1) {
    const listed: string[] = [];
    for await (const key of blobs.list()) listed.push(key);
    expect(listed.toSorted()).toEqual(keys.toSorted());
  }
});

test.each([
  ['a wrong secret key', { AWS_SECRET_ACCESS_KEY: 'wrong' }, /secret access key is wrong/],
  ['an unknown access key', { AWS_ACCESS_KEY_ID: 'nobody' }, /does not know the access key/],
])('%s is named', async (_what, env, message) => {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  blobs.close();
  blobs = await open();
  await expect(blobs.checkWritable()).rejects.toThrow(message);
  await expect(put('blobs/x')).rejects.toThrow(message);
});

test.each([
  ['a missing bucket', { status: 404, code: 'NoSuchBucket' }, /bucket does not exist/],
  ['a read-only bucket', { status: 403, code: 'AccessDenied' }, /do not allow it/],
  ['a full bucket', { status: 403, code: 'QuotaExceeded' }, /quota of the bucket/],
  ['a bucket in another region', 'other-region', /in the region eu-north-1: set region=eu-north-1/],
  ['a web page', 'html', /does not answer as S3 does \(HTTP 200\)/],
] as const)('%s is named', async (_what, fault, message) => {
  s3.fail(/^PUT/, fault);
  await expect(blobs.checkRoom()).rejects.toThrow(message);
  await expect(put('blobs/x')).rejects.toThrow(message);
  await expect(put('blobs/x', Buffer.alloc(LARGE))).rejects.toThrow(/./);
  // One line, however often it is tried; then one more.
  expect(logLines.map(({ msg }) => msg)).toEqual([expect.stringMatching(/does not work/)]);
  expect(logLines[0]?.problem).toMatch(message);
  s3.mend();
  await blobs.checkRoom();
  expect(logLines.map(({ msg }) => msg).slice(1)).toEqual(['the blob store works again']);
});

test('a web page instead of the bucket is no answer about a file', async () => {
  const key = await put('blobs/x');
  s3.fail(/./, 'html');
  const notS3 = { code: 'NotS3' };
  await expect(read(key)).rejects.toMatchObject(notS3);
  await expect(stream(key, 0, 10)).rejects.toMatchObject(notS3);
  await expect(blobs.requireReadable(key)).rejects.toMatchObject(notS3);
  await expect(blobs.remove(key)).rejects.toMatchObject(notS3);
  await expect(blobs.checkWritable()).rejects.toMatchObject(notS3);
  s3.mend();
  s3.fail(/./, { status: 404, code: 'NoSuchBucket' });
  await expect(read(key)).rejects.toMatchObject({ code: 'NoSuchBucket' });
  await expect(blobs.remove(key)).rejects.toMatchObject({ code: 'NoSuchBucket' });
});

test('clocks that differ are set right', async () => {
  s3.clockOffsetMs = 3_600_000;
  const key = await put('blobs/x');
  expect(String(await read(key))).toBe('hello world');
});

test('503 SlowDown and cut connections are tried again', async () => {
  s3.fail(/^PUT/, { status: 503, code: 'SlowDown' }, 2);
  const key = await put('blobs/x');
  s3.fail(/^PUT.*partNumber=2/, 'cut', 1);
  const bytes = randomBytes(LARGE);
  const large = await put('blobs/large', bytes);
  s3.fail(/^GET/, 'cut', 1);
  expect((await read(large)).equals(bytes)).toBe(true);
  s3.fail(/^DELETE/, { status: 500, code: 'InternalError' }, 1);
  await blobs.remove(key);
  expect(logLines.map(({ msg }) => msg)).toEqual([
    expect.stringMatching(/does not work/),
    'the blob store works again',
  ]);
});

test('an upload that fails leaves no parts, and the scratch file', async () => {
  s3.fail(/^PUT.*partNumber=2/, { status: 403, code: 'AccessDenied' });
  const scratch = blobs.scratchPath('owner');
  await writeFile(scratch, Buffer.alloc(LARGE));
  await expect(blobs.adopt(scratch, blobs.newKey('blobs/x'))).rejects.toThrow(/AccessDenied/);
  expect(s3.openUploads()).toBe(0);
  expect(await blobs.scratchNames()).toHaveLength(1);
  await blobs.discard(scratch);
});

test('a store that is gone is not a missing file', async () => {
  const key = await put('blobs/x');
  await s3.stop();
  await expect(read(key)).rejects.toThrow(/cannot be reached \(ECONNREFUSED\)/);
  await expect(blobs.remove(key)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await expect(put('blobs/y')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await expect(blobs.checkRoom()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('damaged bytes are noticed, and are not sent whole', async () => {
  const bytes = randomBytes(1_000_000);
  const key = await put('blobs/x', bytes);
  s3.damage('mms/blobs/x');
  await expect(read(key)).rejects.toMatchObject({ code: 'WRONG_HASH' });
  const received: Buffer[] = [];
  const sending = async () => {
    for await (const chunk of await blobs.openRange(key, { start: 0, end: bytes.length - 1 })) {
      received.push(chunk);
    }
  };
  await expect(sending()).rejects.toMatchObject({ code: 'WRONG_HASH' });
  expect(Buffer.concat(received).length).toBeLessThan(bytes.length);
  await expect(stream(key, 0, bytes.length)).rejects.toMatchObject({ code: 'WRONG_SIZE' });
});

test('a connection that is cut in an answer cuts the stream', async () => {
  const key = await put('blobs/x', randomBytes(1_000_000));
  s3.fail(/^GET/, 'cut');
  await expect(stream(key, 0, 999_999)).rejects.toThrow();
});

test('removes all versions of an object', async () => {
  s3.bucket = 'versioned';
  const key = await put('blobs/x');
  await put('blobs/x', 'again');
  await put('blobs/x-longer');
  await blobs.remove(key);
  await blobs.remove(key);
  expect([...s3.objects().keys()]).toEqual(['mms/blobs/x-longer']);
  expect(s3.versions()).toBe(1);
});

test('says when an object lock keeps versions; each further try leaves no more behind', async () => {
  s3.bucket = 'locked';
  const key = await put('blobs/x');
  for (let round = 0; round < 3; round += 1) {
    await expect(blobs.remove(key)).rejects.toThrow(
      'Versions of the object stay in the bucket: the credentials do not allow it (AccessDenied)',
    );
    expect(s3.versions()).toBe(2);
  }
  await expect(read(key)).rejects.toMatchObject({ code: 'ENOENT' });
  s3.bucket = 'versioned';
  await blobs.remove(key);
  expect(s3.versions()).toBe(0);
  // Deletes that stay incomplete are no reason to store nothing.
  s3.bucket = 'locked';
  await blobs.checkWritable();
});

test('files of other stores: what is configured is read there, the rest is out of reach', async () => {
  const key = await put('blobs/x');
  const former = await openBlobStore(
    { blobFolder: folder, s3: undefined, formerS3: [parseS3Url(s3.url)] },
    () => 'a'.repeat(12),
    log,
  );
  expect(former.newKey('blobs/y')).toBe('blobs/y');
  expect(String(await former.withLocalFile(key, (path) => readFile(path)))).toBe('hello world');
  const elsewhere = key.replace('strict-bucket', 'other-bucket');
  for (const failing of [
    former.withLocalFile(elsewhere, (path) => readFile(path)),
    former.requireReadable(elsewhere),
    former.remove(elsewhere),
  ]) {
    await expect(failing).rejects.toThrow(
      'The file is in s3://other-bucket, which this process does not know: name it in BLOB_STORE_FORMER_URLS',
    );
  }
  await former.remove(key);
  expect(s3.objects().size).toBe(0);
  former.close();
});
