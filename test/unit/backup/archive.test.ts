import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, type Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MANIFEST } from '../../../src/backup/archive-format.ts';
import { readArchive, verifyArchive } from '../../../src/backup/read-archive.ts';
import { writeArchive } from '../../../src/backup/write-archive.ts';

let folder: string;
let archive: string;
let whole: Buffer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mms-inbox-archive-'));
  archive = join(folder, 'whole.tar');
  await writeArchive(createWriteStream(archive), new Date(), async (writer) => {
    await writer.addFolder('database/');
    await writer.add('database/empty', 0, slowly(0));
    await writer.add(`files/${'long/'.repeat(40)}name`, 3000, slowly(3));
    await writer.add(MANIFEST, 1000, slowly(1));
  });
  whole = await readFile(archive);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** @param count of chunks of 1000 bytes */
async function* slowly(count: number) {
  for (let index = 0; index < count; index += 1) {
    await setImmediate();
    yield Buffer.alloc(1000, 'x');
  }
}

async function expectRefused(bytes: Buffer, what: string): Promise<void> {
  const path = join(folder, 'unsound.tar');
  await writeFile(path, bytes);
  await expect(verifyArchive(path), what).rejects.toMatchObject({
    code: 'invalid_request',
    message: expect.stringContaining('not a complete backup archive'),
  });
}

test('members are read as they were written, without the seal', async () => {
  const read: Record<string, string> = {};
  await readArchive(archive, async ({ name }, bytes) => {
    read[name] = await text(bytes);
  });
  expect(read).toEqual({
    'database/': '',
    'database/empty': '',
    [`files/${'long/'.repeat(40)}name`]: 'x'.repeat(3000),
    [MANIFEST]: 'x'.repeat(1000),
  });
});

test('an archive that is cut anywhere is refused', async () => {
  for (let length = 0; length < whole.length; length += 64) {
    await expectRefused(whole.subarray(0, length), `cut at ${length}`);
  }
  await expectRefused(whole.subarray(0, -1), 'cut at the last byte');
});

test('an archive that is altered anywhere is refused', async () => {
  for (let place = 0; place < whole.length; place += 37) {
    const bytes = Buffer.from(whole);
    bytes[place] = (bytes[place] ?? 0) ^ 1;
    await expectRefused(bytes, `altered at ${place}`);
  }
  await expectRefused(Buffer.concat([whole, Buffer.alloc(1)]), 'with a byte more');
});

test('a complete archive with a manifest of another version is refused as such', async () => {
  await expect(verifyArchive(archive)).rejects.toMatchObject({
    code: 'invalid_request',
    message: expect.stringContaining('restore it with the version that made it'),
  });
});

test('an error of who reads a member is not taken for a damaged archive', async () => {
  const full = Object.assign(new Error('no space'), { code: 'ENOSPC' });
  const toFullDisk = (bytes: Readable) =>
    pipeline(bytes, new Writable({ write: (_chunk, _encoding, done) => done(full) }));
  const read = readArchive(archive, (member, bytes) =>
    member.size > 0 ? toFullDisk(bytes) : Promise.resolve(),
  );
  await expect(read).rejects.toBe(full);
});

test.each([
  ['is closed', undefined, 'ERR_STREAM_PREMATURE_CLOSE'],
  ['fails', Object.assign(new Error('reset'), { code: 'ECONNRESET' }), 'ECONNRESET'],
])(
  'a target that %s while a member is written ends the archive, and nothing else',
  async (_how, error, code) => {
    // An `error` event without a listener would end the process; Vitest reports it as an unhandled error.
    const target = new PassThrough();
    let received = 0;
    target.on('data', ({ length }: Buffer) => {
      received += length;
      if (received > 50_000) target.destroy(error);
    });
    const written = writeArchive(target, new Date(), async (writer) => {
      await writer.add('files/a', 1_000_000, slowly(1000));
    });
    await expect(written).rejects.toMatchObject({ code });
  },
);

test('what fails while the archive is filled fails the archive', async () => {
  const target = new PassThrough().resume();
  const written = writeArchive(target, new Date(), async (writer) => {
    await writer.add('files/a', 3000, slowly(3));
    throw new Error('unreadable');
  });
  await expect(written).rejects.toThrow('unreadable');
  expect(target.destroyed).toBe(true);
});
