import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createPreviewPool, type PreviewPool } from '../../../src/media/preview/preview-pool.ts';
import { eventually } from '../../support/test-inbox.ts';

let folder: string;
let pool: PreviewPool | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mms-inbox-preview-'));
});
afterEach(async () => {
  pool?.close();
  pool = undefined;
  await rm(folder, { recursive: true, force: true });
});

const never = new AbortController().signal;

async function preview(bytes: Uint8Array) {
  pool ??= createPreviewPool();
  const path = join(folder, 'input');
  await writeFile(path, bytes);
  return pool.run({ path, scratchFolder: folder }, never);
}

function picture(width: number, height: number) {
  return sharp({ create: { width, height, channels: 3, background: { r: 200, g: 80, b: 10 } } });
}

test.each([
  ['jpeg', () => picture(800, 600).jpeg()],
  ['png', () => picture(800, 600).png()],
  ['16-bit png', () => picture(800, 600).toColourspace('rgb16').png()],
  ['grey png with alpha', () => picture(800, 600).greyscale().ensureAlpha(0.5).png()],
  ['gif', () => picture(800, 600).gif()],
  ['webp', () => picture(800, 600).webp()],
  ['avif', () => picture(800, 600).avif()],
  ['tiff', () => picture(800, 600).tiff()],
  ['cmyk jpeg', () => picture(800, 600).toColourspace('cmyk').jpeg()],
])('%s becomes three thumbnails in sRGB', async (_name, make) => {
  const result = await preview(await make().toBuffer());
  if (result.kind !== 'image') throw new Error(result.reason);
  expect([result.width, result.height]).toEqual([800, 600]);
  expect(result.files.map(({ size, width, height }) => [size, width, height])).toEqual([
    ['small', 160, 120],
    ['medium', 480, 360],
    ['large', 800, 600],
  ]);
  for (const { path } of result.files) {
    const info = await sharp(path).metadata();
    expect([info.format, info.space, info.icc, info.exif]).toEqual([
      'webp',
      'srgb',
      undefined,
      undefined,
    ]);
  }
});

test.each([1, 2, 3, 4, 5, 6, 7, 8])('EXIF orientation %i is applied', async (orientation) => {
  const result = await preview(
    await picture(600, 300).jpeg().withMetadata({ orientation }).toBuffer(),
  );
  if (result.kind !== 'image') throw new Error(result.reason);
  expect([result.width, result.height]).toEqual(orientation > 4 ? [300, 600] : [600, 300]);
});

test('a small picture is not enlarged', async () => {
  const result = await preview(await picture(20, 10).png().toBuffer());
  if (result.kind !== 'image') throw new Error(result.reason);
  expect(new Set(result.files.map(({ width }) => width))).toEqual(new Set([20]));
});

test.each([
  ['noise', Buffer.from('not a picture at all')],
  ['svg', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')],
  ['a png of 65,535 squared', pngHeader(65_535, 65_535)],
])('%s is none, with a reason that names no file', async (_name, bytes) => {
  const result = await preview(bytes);
  expect(result.kind).toBe('none');
  expect(JSON.stringify(result)).not.toContain(folder);
  expect(await readdir(folder)).toEqual(['input']);
});

test('no room to write is no fault of the picture: it throws', async () => {
  pool = createPreviewPool();
  const path = join(folder, 'input');
  await writeFile(path, await picture(80, 60).png().toBuffer());
  const run = pool.run({ path, scratchFolder: join(folder, 'is-not-there') }, never);
  await expect(run).rejects.toThrow('not written');
});

test('a process that dies while it waits is replaced', async () => {
  const entry = join(folder, 'entry.mjs');
  await writeFile(
    entry,
    `process.on('message', () => {
      process.send({ result: { kind: 'none', reason: 'fine' } }, () => process.exit(1));
    });`,
  );
  pool = createPreviewPool({ entry });
  for (let n = 0; n < 3; n += 1) {
    await eventually(async () => {
      const result = await pool?.run({ path: '', scratchFolder: '' }, never);
      expect(result).toEqual({ kind: 'none', reason: 'fine' });
    });
  }
});

test('a decoder that crashes or hangs costs one picture, the next one is decoded', async () => {
  const entry = join(folder, 'entry.mjs');
  await writeFile(
    entry,
    `process.on('message', ({ path }) => {
      if (path === 'crash') process.kill(process.pid, 'SIGSEGV');
      else if (path !== 'hang') process.send({ result: { kind: 'none', reason: 'fine' } });
    });`,
  );
  pool = createPreviewPool({ timeoutMs: 500, entry });
  const run = (path: string) => pool?.run({ path, scratchFolder: '' }, never);
  expect(await run('crash')).toMatchObject({ reason: expect.stringContaining('crashed') });
  expect(await run('hang')).toMatchObject({ reason: expect.stringContaining('longer than 0.5') });
  expect(await run('good')).toEqual({ kind: 'none', reason: 'fine' });
});

/** The signature and header of a PNG, which say how large it would be. */
function pngHeader(width: number, height: number): Buffer {
  const header = Buffer.alloc(33);
  Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]).copy(header);
  header.writeUInt32BE(13, 8);
  header.write('IHDR', 12);
  header.writeUInt32BE(width, 16);
  header.writeUInt32BE(height, 20);
  header.set([8, 2, 0, 0, 0], 24);
  return header;
}
