import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BlobStore } from '../../src/files/blob-store.ts';
import { newBlobKey, newWriterId, writerOf } from '../../src/files/file-names.ts';
import { openBlobStore } from '../../src/files/open-blob-store.ts';
import { parseS3Url } from '../../src/files/s3/s3-location.ts';
import { createLogger } from '../../src/monitoring/logger.ts';
import { startTestS3, type TestS3 } from '../support/s3/test-s3.ts';

const PART_BYTES = 8 * 1024 ** 2;

describe.each(['disk', 's3'])('the blob store on %s', (kind) => {
  let folder: string;
  let blobs: BlobStore;
  let s3: TestS3 | undefined;
  const writerId = newWriterId();
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mms-inbox-blobs-'));
    if (kind === 's3') s3 = await startTestS3();
    blobs = await openBlobStore(
      { blobFolder: folder, s3: s3 && parseS3Url(s3.url), formerS3: [] },
      () => writerId,
      createLogger('silent'),
    );
  });
  afterAll(async () => {
    for await (const key of blobs.list()) await blobs.remove(key);
    blobs.close();
    await s3?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function put(path: string, bytes: string | Buffer): Promise<string> {
    const key = blobs.newKey(path);
    const scratch = blobs.scratchPath('owner');
    await writeFile(scratch, bytes);
    await blobs.adopt(scratch, key);
    return key;
  }

  function read(key: string): Promise<string> {
    return blobs.withLocalFile(key, (path) => readFile(path, 'utf8'));
  }

  async function listed(): Promise<string[]> {
    const keys: string[] = [];
    for await (const key of blobs.list()) keys.push(key);
    return keys.sort();
  }

  test('gives back what it adopted, and lists it', async () => {
    const keys = [
      await put('blobs/aa/bb/one', 'hello world'),
      await put('previews/ff/two', 'picture'),
      await put('renditions/00/three', 'sound'),
    ];
    expect(await read(keys[0] ?? '')).toBe('hello world');
    expect(await listed()).toEqual(keys.toSorted());
    // A long list is read in parts, each from another place.
    expect(await listed()).toEqual(keys.toSorted());
    await blobs.checkRoom();
    await blobs.checkWritable();
    expect(await listed()).toEqual(keys.toSorted());
    expect(await readdir(join(folder, 'incoming'))).toEqual([]);
  });

  test('adopting the same key again replaces it and leaves no scratch file', async () => {
    await put('blobs/same', 'first');
    const key = await put('blobs/same', 'second');
    expect(await read(key)).toBe('second');
    expect(await readdir(join(folder, 'incoming'))).toEqual([]);
  });

  test('reads ranges of a file that is larger than a part', async () => {
    const bytes = randomBytes(PART_BYTES * 2 + 1234);
    const key = await put('blobs/large', bytes);
    const range = async (start: number, end: number) =>
      buffer(await blobs.openRange(key, { start, end }));
    expect((await range(0, bytes.length - 1)).equals(bytes)).toBe(true);
    expect(await range(0, 0)).toEqual(bytes.subarray(0, 1));
    const [start, end] = [PART_BYTES - 10, PART_BYTES + 20];
    expect(await range(start, end)).toEqual(bytes.subarray(start, end + 1));
    const copy = await blobs.withLocalFile(key, (path) => readFile(path));
    expect(copy.equals(bytes)).toBe(true);
    const whole = await blobs.openFile(key);
    expect((await buffer(whole.bytes)).equals(bytes)).toBe(true);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    expect([null, sha256]).toContain(whole.storedSha256);
    await blobs.remove(key);
  });

  test('a file without bytes is opened as well', async () => {
    const key = await put('blobs/empty', '');
    const { bytes } = await blobs.openFile(key);
    expect(await buffer(bytes)).toEqual(Buffer.alloc(0));
    await blobs.remove(key);
  });

  test('a removed blob cannot be read; removing it again is fine', async () => {
    const key = await put('blobs/gone', 'x');
    await blobs.requireReadable(key);
    await blobs.remove(key);
    await blobs.remove(key);
    await blobs.remove(blobs.newKey('never/was/here'));
    const missing = { code: 'ENOENT' };
    await expect(read(key)).rejects.toMatchObject(missing);
    await expect(blobs.requireReadable(key)).rejects.toMatchObject(missing);
    await expect(blobs.openRange(key, { start: 0, end: 0 })).rejects.toMatchObject(missing);
    await expect(blobs.openFile(key)).rejects.toMatchObject(missing);
  });

  test('a name with another behind it is not removed with it', async () => {
    const [short, long] = [await put('blobs/ab', 'short'), await put('blobs/abc', 'long')];
    await blobs.remove(short);
    expect(await read(long)).toBe('long');
  });

  test('discards the scratch files of one owner, or of one path, and no others', async () => {
    const [mine, mineToo, other] = ['ME1', 'ME1', 'ME11'].map((owner) => blobs.scratchPath(owner));
    for (const path of [mine, mineToo, other]) await writeFile(path ?? '', 'x');
    await blobs.discard('ME1');
    expect((await readdir(join(folder, 'incoming'))).length).toBe(1);
    await blobs.discard(other ?? '');
    const withFiles = blobs.scratchPath('ME1');
    await mkdir(withFiles);
    await writeFile(join(withFiles, 'bytes'), 'x');
    await blobs.discard(withFiles);
    await blobs.discard(withFiles);
    expect(await readdir(join(folder, 'incoming'))).toEqual([]);
  });

  test('names tell who wrote a file, and no two are the same', async () => {
    const names = [blobs.newName('owner'), blobs.newName('owner')];
    expect(names.map(writerOf)).toEqual([writerId, writerId]);
    expect(new Set(names).size).toBe(2);
    expect(writerOf(newBlobKey(blobs, 'abcd'))).toBe(writerId);
    const path = blobs.scratchPath('owner');
    await writeFile(path, 'x');
    expect((await blobs.scratchNames()).map(writerOf)).toEqual([writerId]);
    await blobs.discard(path);
  });

  test('keys cannot leave the store', async () => {
    const path = blobs.scratchPath('escape');
    await writeFile(path, 'x');
    await expect(blobs.adopt(path, '../outside')).rejects.toThrow();
    await expect(blobs.adopt(path, 's3://another-bucket/blobs/x')).rejects.toThrow();
    await blobs.discard(path);
  });

  test('a scratch file that is gone is not adopted', async () => {
    const key = blobs.newKey('blobs/never');
    const adopting = blobs.adopt(blobs.scratchPath('gone'), key);
    await expect(adopting).rejects.toThrow();
    await expect(read(key)).rejects.toThrow();
  });
});
