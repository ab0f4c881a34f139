import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ClientDisconnected, createSendFile } from '../../../src/http/send-file.ts';

const content = randomBytes(1_000_000);
const sendFile = createSendFile();
let folder: string;
let path: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mms-inbox-send-file-'));
  path = join(folder, 'file');
  await writeFile(path, content);
});
afterAll(() => rm(folder, { recursive: true }));

/** As a socket: done with the bytes when it calls back. */
function collector(delayMs: number): { target: Writable; bytes: () => Buffer } {
  const chunks: Buffer[] = [];
  const target = new Writable({
    write(chunk: Buffer, _encoding, done) {
      setTimeout(() => {
        chunks.push(Buffer.from(chunk));
        done();
      }, delayMs);
    },
  });
  return { target, bytes: () => Buffer.concat(chunks) };
}

async function sent(start: number, end: number, delayMs = 0): Promise<Buffer> {
  const { target, bytes } = collector(delayMs);
  const pieces = [{ start, length: end + 1 - start }];
  await Promise.all([sendFile(path, pieces, target), finished(target)]);
  return bytes();
}

test.each([
  ['all of it', 0, 999_999],
  ['one byte', 5, 5],
  ['the last byte', 999_999, 999_999],
  ['up to where a buffer ends', 0, 320 * 1024 - 1],
  ['one more', 0, 320 * 1024],
  ['some in the middle', 400_000, 800_000],
])('%s', async (_name, start, end) => {
  expect((await sent(start, end)).equals(content.subarray(start, end + 1))).toBe(true);
});

test('nothing of an empty range', async () => {
  expect((await sent(0, -1)).length).toBe(0);
});

test('pieces of the file, other bytes and zeros, in their order', async () => {
  const { target, bytes } = collector(1);
  const other = randomBytes(700_000);
  const pieces = [
    { start: 500_000, length: 400_000 },
    { bytes: other },
    { zeros: 400_000 },
    { start: 3, length: 5 },
    { bytes: Buffer.from('!') },
    { start: 0, length: 2 },
  ];
  await Promise.all([sendFile(path, pieces, target), finished(target)]);
  const expected = Buffer.concat([
    content.subarray(500_000, 900_000),
    other,
    Buffer.alloc(400_000),
    content.subarray(3, 8),
    Buffer.from('!'),
    content.subarray(0, 2),
  ]);
  expect(bytes().equals(expected)).toBe(true);
});

test('many at once do not disturb each other, though buffers are used again', async () => {
  for (let round = 0; round < 3; round += 1) {
    const starts = Array.from({ length: 40 }, (_, n) => n * 20_000);
    const parts = await Promise.all(starts.map((start) => sent(start, start + 150_000)));
    for (const [n, part] of parts.entries()) {
      const start = starts[n] ?? 0;
      expect(part.equals(content.subarray(start, start + 150_001))).toBe(true);
    }
  }
});

test('a slow reader gets the right bytes, while others use the buffers', async () => {
  const [slow] = await Promise.all([sent(0, 999_999, 20), sent(0, 999_999), sent(7, 400_000)]);
  expect(slow.equals(content)).toBe(true);
});

test('a file that is not there, or too short, is an error', async () => {
  const { target } = collector(0);
  await expect(sendFile(`${path}x`, [{ start: 0, length: 2 }], target)).rejects.toThrow('ENOENT');
  await expect(sendFile(path, [{ start: 999_990, length: 21 }], target)).rejects.toThrow(
    'The file ends at 1000000',
  );
  expect(target.writableEnded).toBe(false);
});

test.each([
  ['before the first byte', true],
  ['while nobody reads', false],
])('a stream that is closed %s ends the sending', async (_name, isClosedBefore) => {
  const target = new Writable({
    write() {
      target.destroy();
    },
  });
  if (isClosedBefore) target.destroy();
  await expect(sendFile(path, [{ start: 0, length: 1_000_000 }], target)).rejects.toThrow(
    ClientDisconnected,
  );
  expect((await sent(0, 999_999)).equals(content)).toBe(true);
});

test.each(['EPIPE', 'ECONNRESET'])(
  'a connection that breaks (%s) is the reader going',
  async (code) => {
    const target = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error(code), { code })),
    });
    target.on('error', () => undefined);
    await expect(sendFile(path, [{ start: 0, length: 1_000_000 }], target)).rejects.toThrow(
      ClientDisconnected,
    );
  },
);

test('a file that cannot be read is no reader going, even when he went', async () => {
  const target = new Writable({ write() {} }).destroy();
  const sending = sendFile(`${path}x`, [{ start: 0, length: 2 }], target);
  await expect(sending).rejects.not.toBeInstanceOf(ClientDisconnected);
});
