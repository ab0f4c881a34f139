import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BlobStore } from '../../src/files/blob-store.ts';
import { createDiskBlobStore } from '../../src/files/disk-blob-store.ts';
import { newWriterId, writerOf } from '../../src/files/file-names.ts';

const ADAPTERS = { disk: createDiskBlobStore };

describe.each(Object.entries(ADAPTERS))('the blob store %s', (_name, create) => {
  let folder: string;
  let blobs: BlobStore;
  const writerId = newWriterId();
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mms-inbox-blobs-'));
    blobs = await create(folder, () => writerId);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function put(key: string, text: string): Promise<void> {
    const path = blobs.scratchPath('owner');
    await writeFile(path, text);
    await blobs.adopt(path, key);
  }

  function read(key: string): Promise<string> {
    return blobs.withLocalFile(key, (path) => readFile(path, 'utf8'));
  }

  test('gives back what it adopted, and lists it', async () => {
    await put('blobs/aa/bb/one', 'hello world');
    expect(await read('blobs/aa/bb/one')).toBe('hello world');
    const listed: string[] = [];
    for await (const key of blobs.list()) listed.push(key);
    expect(listed).toEqual(['blobs/aa/bb/one']);
    await blobs.checkWritable();
  });

  test('adopting the same key again replaces it and leaves no scratch file', async () => {
    await put('blobs/same', 'first');
    await put('blobs/same', 'second');
    expect(await read('blobs/same')).toBe('second');
    expect(await readdir(join(folder, 'incoming'))).toEqual([]);
  });

  test('a removed blob cannot be read; removing it again is fine', async () => {
    await put('blobs/gone', 'x');
    await blobs.remove('blobs/gone');
    await blobs.remove('blobs/gone');
    await blobs.remove('never/was/here');
    await expect(read('blobs/gone')).rejects.toThrow();
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
    const path = blobs.scratchPath('owner');
    await writeFile(path, 'x');
    expect((await blobs.scratchNames()).map(writerOf)).toEqual([writerId]);
    await blobs.discard(path);
  });

  test('keys cannot leave the store', async () => {
    const path = blobs.scratchPath('escape');
    await writeFile(path, 'x');
    await expect(blobs.adopt(path, '../outside')).rejects.toThrow();
    await blobs.discard(path);
  });
});
