import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { diskError } from '../../../../src/media/disk-error.ts';
import { writeBody } from '../../../../src/media/download/write-body.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'write-body-'));
  path = join(folder, 'media');
});
afterEach(() => rm(folder, { recursive: true }));

async function* chunks(...texts: string[]) {
  for (const text of texts) yield Buffer.from(text);
}

describe('writeBody', () => {
  it('writes, counts and hashes', async () => {
    const written = await writeBody(chunks('ab', 'c'), path, 3);
    // SHA-256 of "abc": FIPS 180-2, appendix B.1.
    const sha256 = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    expect(written).toEqual({ sha256, byteSize: 3, content: Buffer.from('abc') });
    expect(await readFile(path, 'utf8')).toBe('abc');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('holds 1 MiB at the most: then all of it is in the file before another chunk is asked for', async () => {
    const chunk = Buffer.alloc(64 * 1024, 7);
    const unwritten: number[] = [];
    async function* watching() {
      for (let i = 0; i < 40; i++) {
        unwritten.push(i * chunk.length - (await stat(path)).size);
        yield chunk;
      }
    }
    const { sha256 } = await writeBody(watching(), path, 40 * chunk.length);
    expect(Math.max(...unwritten)).toBeLessThan(1024 ** 2);
    expect((await stat(path)).size).toBe(40 * chunk.length);
    expect(sha256).toBe(
      createHash('sha256')
        .update(Buffer.alloc(40 * chunk.length, 7))
        .digest('hex'),
    );
  });

  it('stops at the first byte over the limit', async () => {
    let given = 0;
    async function* endless() {
      for (;;) {
        given += 1;
        yield Buffer.alloc(10);
      }
    }
    const written = writeBody(endless(), path, 25);
    await expect(written).rejects.toMatchObject({ code: 'too-large', retry: 'give-up' });
    expect(given).toBe(3);
    expect(await readdir(folder)).toEqual([]);
  });

  it('refuses a body without bytes', async () => {
    await expect(writeBody(chunks(''), path, 10)).rejects.toMatchObject({ code: 'empty' });
    expect(await readdir(folder)).toEqual([]);
  });

  it('removes the file when the body fails, and passes its error on', async () => {
    async function* broken() {
      yield Buffer.from('half');
      throw new Error('lost');
    }
    await expect(writeBody(broken(), path, 10)).rejects.toThrow('lost');
    expect(await readdir(folder)).toEqual([]);
  });

  it('leaves a file alone that was there before', async () => {
    await writeFile(path, 'older');
    const written = writeBody(chunks('newer'), path, 10);
    await expect(written).rejects.toMatchObject({ code: 'disk-error', retry: 'wait' });
    expect(await readFile(path, 'utf8')).toBe('older');
  });

  it('says what is wrong with the disk, and not where', async () => {
    const error = await writeBody(chunks('x'), join(folder, 'no', 'media'), 10).catch((e) => e);
    expect(error).toMatchObject({ code: 'disk-error', message: expect.stringContaining('ENOENT') });
    expect(error.message).not.toContain(folder);
  });
});

describe('diskError', () => {
  it.each([
    ['ENOSPC', 'disk-full'],
    ['EDQUOT', 'disk-full'],
    ['EIO', 'disk-error'],
    ['EROFS', 'disk-error'],
  ])('%s is %s, to be waited out', (code, expected) => {
    const error = diskError(Object.assign(new Error(`${code}: write '/srv/x'`), { code }));
    expect(error).toMatchObject({ code: expected, retry: 'wait' });
    expect(error.message).not.toContain('/srv');
  });
});
