import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { fixturePath } from '../../support/fixtures.ts';
import {
  findNeedles,
  gifWithMetadata,
  jpegWithMetadata,
  pngWithMetadata,
  SERIAL,
  webpWithMetadata,
} from '../../support/metadata-files.ts';
import { stripBytes } from '../../support/strip-bytes.ts';

const fixture = (name: string) => readFile(fixturePath(name));

/** All frames, as they are stored. */
const pixelsOf = (bytes: Buffer) => sharp(bytes, { animated: true }).raw().toBuffer();

async function expectClean(original: Buffer, stripped: Buffer): Promise<void> {
  expect(findNeedles(original)).toBeGreaterThan(0);
  expect(findNeedles(stripped)).toBe(0);
  expect((await pixelsOf(stripped)).equals(await pixelsOf(original))).toBe(true);
}

const card = (width = 60, height = 40) =>
  sharp({ create: { width, height, channels: 3, background: '#c08040' } }).composite([
    { input: Buffer.from('<svg width="20" height="10"><circle r="9" fill="blue"/></svg>') },
  ]);

describe('a JPEG', () => {
  test.each([
    ['baseline', { progressive: false }],
    ['progressive', { progressive: true }],
  ])('%s keeps its pixels and nothing else', async (_name, options) => {
    const original = jpegWithMetadata(await card().jpeg(options).toBuffer());
    const stripped = await stripBytes(original, 'image/jpeg');
    await expectClean(original, stripped);
    const { exif, xmp, iptc } = await sharp(stripped).metadata();
    expect([exif, xmp, iptc]).toEqual([undefined, undefined, undefined]);
    // The second picture and the trailer.
    expect(stripped.indexOf(Buffer.from([0xff, 0xd9]))).toBe(stripped.length - 2);
  });

  test.each([2, 3, 4, 5, 6, 7, 8])('that is turned (%i) stays so', async (orientation) => {
    const original = jpegWithMetadata(await card().jpeg().toBuffer(), orientation);
    const stripped = await stripBytes(original, 'image/jpeg');
    await expectClean(original, stripped);
    expect((await sharp(stripped).metadata()).orientation).toBe(orientation);
  });

  test('with two EXIFs is turned as the first says, which decoders read', async () => {
    const jpeg = await card().jpeg().toBuffer();
    const exifOf = (orientation: number) => {
      const segment = jpegWithMetadata(jpeg, orientation);
      const at = segment.indexOf('Exif') - 4;
      return segment.subarray(at, at + 2 + segment.readUInt16BE(at + 2));
    };
    const head = jpeg.subarray(0, 2);
    const original = Buffer.concat([head, exifOf(1), exifOf(6), jpeg.subarray(2)]);
    const stripped = await stripBytes(original, 'image/jpeg');
    expect((await sharp(original).metadata()).orientation).toBe(1);
    expect((await sharp(stripped).metadata()).orientation).toBeUndefined();
  });

  test('that a camera wrote, with its colour profile', async () => {
    const original = await card()
      .withIccProfile('p3')
      .withExif({ IFD0: { Model: SERIAL } });
    const bytes = await original.jpeg().toBuffer();
    const stripped = await stripBytes(bytes, 'image/jpeg');
    await expectClean(bytes, stripped);
    const { icc } = await sharp(stripped).metadata();
    expect(icc).toEqual((await sharp(bytes).metadata()).icc);
    expect(icc).toBeDefined();
  });

  test('in CMYK keeps the segment that says how its colours are coded', async () => {
    const original = jpegWithMetadata(await fixture('cmyk.jpg'));
    const stripped = await stripBytes(original, 'image/jpeg');
    await expectClean(original, stripped);
    expect(stripped.includes('Adobe')).toBe(true);
  });

  test('with restart markers, fill bytes and a comment between its scans', async () => {
    const jpeg = await fixture('photo.jpg');
    const filled = Buffer.concat([jpeg.subarray(0, 2), Buffer.alloc(5, 0xff), jpeg.subarray(2)]);
    const stripped = await stripBytes(jpegWithMetadata(filled, 3), 'image/jpeg');
    expect((await pixelsOf(stripped)).equals(await pixelsOf(jpeg))).toBe(true);
    expect((await sharp(stripped).metadata()).orientation).toBe(3);
  });

  test('without anything to remove is the same', async () => {
    const original = await card().jpeg().toBuffer();
    expect((await stripBytes(original, 'image/jpeg')).equals(original)).toBe(true);
    const stripped = await stripBytes(jpegWithMetadata(original, 6), 'image/jpeg');
    expect((await stripBytes(stripped, 'image/jpeg')).equals(stripped)).toBe(true);
  });
});

describe('a PNG', () => {
  test('keeps its pixels, transparency and colours', async () => {
    const rgba = card().ensureAlpha(0.5).withIccProfile('p3');
    const original = pngWithMetadata(await rgba.png().toBuffer());
    const stripped = await stripBytes(original, 'image/png');
    await expectClean(original, stripped);
    const { icc, exif, hasAlpha } = await sharp(stripped).metadata();
    expect([exif, hasAlpha]).toEqual([undefined, true]);
    expect(icc).toEqual((await sharp(original).metadata()).icc);
  });

  test('with a palette, interlaced, and turned', async () => {
    const palette = await card().png({ palette: true, progressive: true }).toBuffer();
    const original = pngWithMetadata(palette, 6);
    const stripped = await stripBytes(original, 'image/png');
    await expectClean(original, stripped);
    expect((await sharp(stripped).metadata()).orientation).toBe(6);
  });
});

describe('a WebP', () => {
  const size = { width: 60, height: 40 };

  test.each([
    ['lossy', { quality: 80 }],
    ['lossless', { lossless: true }],
  ])('%s keeps its pixels', async (_name, options) => {
    const original = webpWithMetadata(await card().webp(options).toBuffer(), size);
    const stripped = await stripBytes(original, 'image/webp');
    await expectClean(original, stripped);
    const { exif, xmp } = await sharp(stripped).metadata();
    expect([exif, xmp]).toEqual([undefined, undefined]);
    expect(stripped.readUInt32LE(4)).toBe(stripped.length - 8);
  });

  test('that is turned stays so', async () => {
    const original = webpWithMetadata(await card().webp().toBuffer(), size, 8);
    const stripped = await stripBytes(original, 'image/webp');
    await expectClean(original, stripped);
    expect((await sharp(stripped).metadata()).orientation).toBe(8);
  });

  test('that moves keeps its frames and delays', async () => {
    const original = webpWithMetadata(await fixture('animated.webp'), { width: 160, height: 120 });
    const stripped = await stripBytes(original, 'image/webp');
    await expectClean(original, stripped);
    const [before, after] = [await sharp(original).metadata(), await sharp(stripped).metadata()];
    expect(after).toMatchObject({ pages: before.pages, delay: before.delay, loop: before.loop });
  });

  test('with transparency', async () => {
    const rgba = await card().ensureAlpha(0.3).webp().toBuffer();
    const original = webpWithMetadata(rgba, size);
    await expectClean(original, await stripBytes(original, 'image/webp'));
  });
});

describe('a GIF', () => {
  test('that moves keeps its frames, delays and repeats', async () => {
    const original = gifWithMetadata(await fixture('animated.gif'));
    const stripped = await stripBytes(original, 'image/gif');
    await expectClean(original, stripped);
    const [before, after] = [await sharp(original).metadata(), await sharp(stripped).metadata()];
    expect(after).toMatchObject({ pages: before.pages, delay: before.delay, loop: before.loop });
    expect(stripped.at(-1)).toBe(0x3b);
  });

  test('of one frame', async () => {
    const original = gifWithMetadata(await fixture('photo.gif'));
    await expectClean(original, await stripBytes(original, 'image/gif'));
  });

  test('a text is left out, and not what the next picture needs', async () => {
    const gif = await fixture('photo.gif');
    const start = 13 + 3 * 2 ** ((gif.readUInt8(10) & 7) + 1);
    const text = Buffer.concat([
      Buffer.from('21f90405ffff0100', 'hex'),
      Buffer.from('21010c', 'hex'),
      Buffer.alloc(12),
      Buffer.from([SERIAL.length]),
      Buffer.from(SERIAL),
      Buffer.alloc(1),
    ]);
    const original = Buffer.concat([gif.subarray(0, start), text, gif.subarray(start)]);
    const stripped = await stripBytes(original, 'image/gif');
    expect(findNeedles(stripped)).toBe(0);
    expect((await pixelsOf(stripped)).equals(await pixelsOf(gif))).toBe(true);
  });
});
