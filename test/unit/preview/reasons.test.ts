import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { deflateRawSync } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pngChunk } from '../../../src/preview/kinds/png-chunks.ts';
import { REASONS, reasonFor } from '../../../src/preview/preview-kind.ts';
import { fixturePath, hasFfmpeg } from '../../support/fixtures.ts';
import { readHeifItems, sizeProperty, writeHeif } from '../../support/heif-file.ts';
import {
  BLUE,
  type BytesPreviews,
  corners,
  expectColours,
  RED,
  startBytesPreviews,
} from '../../support/shown-colours.ts';
import { type TiffFile, writeTiff } from '../../support/tiff-file.ts';

let previews: BytesPreviews;
beforeAll(async () => {
  previews = await startBytesPreviews();
});
afterAll(() => previews.stop());

/** The bytes by which a format is known, and nothing else of it. */
function begins(hex: string): Buffer {
  return Buffer.concat([Buffer.from(hex, 'hex'), Buffer.alloc(600)]);
}

function tiff(part: Partial<TiffFile>): Buffer {
  const size = { width: 8, height: 8, bits: 8, extra: [] } as const;
  return writeTiff({
    ...size,
    photometric: 2,
    pixelAt: () => [0, 0, 0],
    ...part,
    extra: part.extra ?? [],
  });
}

async function jpegOf(bits: number): Promise<Buffer> {
  const bytes = await readFile(fixturePath('photo.jpg'));
  bytes[bytes.indexOf(Buffer.from([0xff, 0xc0])) + 4] = bits;
  return bytes;
}

async function compressedBy(number: number): Promise<Buffer> {
  const bytes = tiff({});
  bytes.writeUInt16LE(number, 10 + 3 * 12 + 8);
  return bytes;
}

async function hugeHeic(): Promise<Buffer> {
  const [tile] = readHeifItems(await readFile(fixturePath('tiles.heic')));
  if (tile === undefined) throw new Error('no tile');
  const others = tile.properties.filter((box) => box.toString('latin1', 4, 8) !== 'ispe');
  const properties = [sizeProperty(60_000, 60_000), ...others];
  return writeHeif({
    brands: ['heic', 'mif1', 'heic'],
    items: [{ ...tile, properties }],
    primary: 1,
  });
}

const withoutPicture: [name: string, make: () => Buffer | Promise<Buffer>, reason: RegExp][] = [
  ['a Photoshop document', () => begins('3842505300010000'), /Photoshop/],
  [
    'an enhanced metafile',
    () =>
      Buffer.concat([begins('01000000').subarray(0, 40), Buffer.from(' EMF'), Buffer.alloc(60)]),
    /Windows/,
  ],
  ['a metafile', () => begins('d7cdc69a'), /Windows/],
  ['a format that nothing here decodes', () => begins('464c4946'), /format are not decoded/],
  ['a TIFF from a sensor', () => tiff({ photometric: 32_803, pixelAt: () => [1] }), /sensor/],
  ['a TIFF in CIE L*a*b* of 8 bits', () => tiff({ photometric: 8 }), /L\*a\*b\*/],
  [
    'a TIFF of six channels',
    () => tiff({ extra: [0, 0, 0], pixelAt: () => [9, 9, 9, 1, 2, 3] }),
    /colour channels/,
  ],
  ['a TIFF with JPEG 2000 inside', () => compressedBy(34_712), /feature of its format/],
  ['a JPEG of 12 bits', () => jpegOf(12), /feature of its format/],
  ['a HEIC of 3,600 megapixels', hugeHeic, /more pixels|more memory/],
];

test.each(withoutPicture)('%s says what it is', async (_, make, reason) => {
  const result = await previews.ofBytes(await make());
  expect(result).toMatchObject({ kind: 'card', reason: expect.stringMatching(reason), pdq: null });
});

test('bytes that are no picture need no excuse', async () => {
  for (const name of ['archive.zip', 'unknown.bin']) {
    expect((await previews.of(name)).reason).toBeNull();
  }
});

describe('JPEG 2000, JPEG XL and JPEG-LS', () => {
  const JXL = Buffer.from('ff0a', 'hex');
  const JP2 = Buffer.from(
    '0000000c6a5020200d0a870a00000014667479706a703220000000006a703220',
    'hex',
  );

  test.each([
    ['JPEG XL', JXL],
    ['JPEG 2000', JP2],
  ])('%s without ffmpeg says what is missing', async (_, bytes) => {
    const result = await previews.ofBytes(Buffer.concat([bytes, Buffer.alloc(300)]));
    expect(result).toMatchObject({ kind: 'card', reason: 'ffmpeg is not installed on the server' });
  });

  test.runIf(hasFfmpeg()).each([
    ['jpeg2000', 'jp2'],
    ['jpegls', 'jls'],
  ])('%s with ffmpeg is shown, and has a hash', async (codec, extension) => {
    const folder = await mkdtemp(join(tmpdir(), 'mms-inbox-codecs-'));
    const path = join(folder, `picture.${extension}`);
    const input = ['-v', 'error', '-i', fixturePath('photo.png')];
    await promisify(execFile)('ffmpeg', [...input, '-c:v', codec, '-f', 'image2', path]);
    const withFfmpeg = await startBytesPreviews(process.env.PATH);
    const result = await withFfmpeg.ofFile(path);
    expect(result).toMatchObject({
      kind: 'image',
      reason: null,
      size: { width: 640, height: 480 },
    });
    await expectColours(result, corners());
    expect(result.pdq).toEqual({ hash: expect.stringMatching(/^[0-9a-f]{64}$/), quality: 100 });
    await withFfmpeg.stop();
    await rm(folder, { recursive: true });
  });
});

describe("Apple's PNG", () => {
  const size = { width: 32, height: 16 };

  /** As Xcode makes it: blue, green, red and alpha, multiplied by alpha, deflated without a header. */
  function applePng(pixel: number[], rows = size.height): Buffer {
    const row = Buffer.from([0, ...Array(size.width).fill(pixel).flat()]);
    const header = Buffer.alloc(13);
    header.writeUInt32BE(size.width, 0);
    header.writeUInt32BE(size.height, 4);
    header.set([8, 6], 8);
    return Buffer.concat([
      Buffer.from('89504e470d0a1a0a', 'hex'),
      pngChunk('CgBI', Buffer.from('50002002', 'hex')),
      pngChunk('IHDR', header),
      pngChunk('IDAT', deflateRawSync(Buffer.concat(Array(rows).fill(row)))),
      pngChunk('IEND', Buffer.alloc(0)),
    ]);
  }

  test('has its colours', async () => {
    const result = await previews.ofBytes(applePng([0, 0, 255, 255]));
    expect(result).toMatchObject({ kind: 'image', reason: null, size });
    await expectColours(result, [[0.5, 0.5, RED]]);
  });

  test('keeps its transparency', async () => {
    const result = await previews.ofBytes(applePng([128, 0, 0, 128]));
    await expectColours(result, [[0.5, 0.5, [...BLUE, 128]]]);
  });

  test('without pixels is damaged', async () => {
    const result = await previews.ofBytes(applePng([0, 0, 255, 255]).subarray(0, 60));
    expect(result).toMatchObject({ kind: 'card', reason: REASONS.damaged });
  });

  test('that claims more pixels than are decoded says so', async () => {
    const bytes = applePng([0, 0, 255, 255]);
    bytes.writeUInt32BE(60_000, 32);
    bytes.writeUInt32BE(60_000, 36);
    expect((await previews.ofBytes(bytes)).reason).toBe(REASONS.tooManyPixels);
  });
});

test('a PNG with more pixels than are decoded says so', async () => {
  const bytes = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
  const header = Buffer.from(bytes.subarray(16, 29));
  header.writeUInt32BE(60_000, 0);
  header.writeUInt32BE(60_000, 4);
  pngChunk('IHDR', header).copy(bytes, 8);
  expect((await previews.ofBytes(bytes)).reason).toBe(REASONS.tooManyPixels);
});

test.each([
  ['Input image exceeds pixel limit', REASONS.tooManyPixels],
  ['Input image exceeds channel limit', REASONS.tooManyChannels],
  ['WebAssembly.Memory(): could not allocate memory', REASONS.tooMuchMemory],
  ['memory access out of bounds', REASONS.damaged],
  ['VipsJpeg: Unsupported JPEG data precision 12', REASONS.unsupported],
  ['VipsJpeg: Unsupported marker type 0x05', REASONS.damaged],
  ['tiff2vips: ZSTD compression support is not configured', REASONS.unsupported],
  ['heif: Unsupported feature: Unsupported codec (4.3000)', REASONS.unsupported],
  ["Unknown input format: 'jpegxl_pipe'", REASONS.noDecoder],
  ['Input file contains unsupported image format', REASONS.damaged],
  ['VipsJpeg: premature end of JPEG image', REASONS.damaged],
  ['anything else', REASONS.damaged],
])('a decoder that says "%s"', (words, reason) => {
  expect(reasonFor(words)).toBe(reason);
});
