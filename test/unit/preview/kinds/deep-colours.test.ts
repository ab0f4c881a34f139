import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bitsApart } from '../../../support/bits-apart.ts';
import { fixturePath } from '../../../support/fixtures.ts';
import {
  BLUE,
  type BytesPreviews,
  corners,
  expectColours,
  GREEN,
  RED,
  startBytesPreviews,
  WHITE,
} from '../../../support/shown-colours.ts';
import { type TiffFile, writeTiff } from '../../../support/tiff-file.ts';

let previews: BytesPreviews;
beforeAll(async () => {
  previews = await startBytesPreviews();
});
afterAll(() => previews.stop());

const SIZE = { width: 96, height: 64 };
const COLOURS = [RED, GREEN, BLUE, WHITE];

function quarter(x: number, y: number): number[] {
  return COLOURS[(y < SIZE.height / 2 ? 0 : 2) + (x < SIZE.width / 2 ? 0 : 1)] as number[];
}

/** The test card, with the same colours in its corners. */
function card() {
  return sharp(fixturePath('photo.png'));
}

const FINE = { quality: 95, chromaSubsampling: '4:4:4' } as const;

test.each([
  ['PNG of 16 bits', () => card().toColourspace('rgb16').png()],
  ['PNG of 16 bits in Display P3', () => card().toColourspace('rgb16').withIccProfile('p3').png()],
  [
    'PNG of 16 bits that says sRGB',
    () => card().toColourspace('rgb16').withIccProfile('srgb').png(),
  ],
  ['PNG of 8 bits in Display P3', () => card().withIccProfile('p3').png()],
  ['AVIF of 8 bits in Display P3', () => card().withIccProfile('p3').avif(FINE)],
  [
    'AVIF of 10 bits in Display P3',
    () =>
      card()
        .withIccProfile('p3')
        .avif({ ...FINE, bitdepth: 10 }),
  ],
  [
    'AVIF of 12 bits in Display P3',
    () =>
      card()
        .withIccProfile('p3')
        .avif({ ...FINE, bitdepth: 12 }),
  ],
  ['AVIF of 12 bits', () => card().avif({ ...FINE, bitdepth: 12 })],
  ['JPEG in Display P3', () => card().withIccProfile('p3').jpeg(FINE)],
])('%s has its colours, and the hash of any other', async (_, make) => {
  const result = await previews.ofBytes(await make().toBuffer());
  expect(result).toMatchObject({ kind: 'image', reason: null });
  await expectColours(result, corners());
  const plain = await previews.of('photo.png');
  const [hash, plainHash] = [result, plain].map(({ pdq }) => Buffer.from(pdq?.hash ?? '', 'hex'));
  expect(bitsApart(hash as Buffer, plainHash as Buffer)).toBeLessThanOrEqual(10);
});

async function profileOf(name: string): Promise<Buffer> {
  const png = await card().withIccProfile(name).png().toBuffer();
  return (await sharp(png).metadata()).icc as Buffer;
}

/** Display P3's numbers for the colours of `quarter` [computed from its primaries, SMPTE EG 432-1]. */
const P3 = [[234, 51, 35], [117, 251, 76], [0, 0, 245], WHITE];

function tiff(part: Partial<TiffFile>): Buffer {
  const plain: TiffFile = { ...SIZE, photometric: 2, bits: 8, extra: [], pixelAt: quarter };
  return writeTiff({ ...plain, ...part });
}

/** `quarter` with more channels. */
function withExtra(...extra: number[]) {
  return (x: number, y: number) => [...quarter(x, y), ...extra];
}

const deep = (x: number, y: number) => quarter(x, y).map((value) => value * 257);

test.each<[string, Partial<TiffFile>]>([
  ['RGB', {}],
  ['RGB, big endian', { isBigEndian: true }],
  ['16 bits', { bits: 16, pixelAt: deep }],
  ['two unknown channels', { extra: [0, 0], pixelAt: withExtra(0, 77) }],
  [
    'two unknown channels, big endian',
    { extra: [0, 0], pixelAt: withExtra(9, 77), isBigEndian: true },
  ],
  ['an unknown channel', { extra: [0], pixelAt: withExtra(0) }],
  ['an opaque alpha and another', { extra: [2, 0], pixelAt: withExtra(255, 20) }],
  ['another and an opaque alpha', { extra: [0, 2], pixelAt: withExtra(20, 255) }],
  ['16 bits and two more', { bits: 16, extra: [0, 0], pixelAt: (x, y) => [...deep(x, y), 5, 9] }],
])('TIFF with %s', async (_, part) => {
  const result = await previews.ofBytes(tiff(part));
  expect(result).toMatchObject({ kind: 'image', reason: null, size: SIZE });
  await expectColours(result, corners());
});

test('TIFF of 16 bits in Display P3', async () => {
  const pixelAt = (x: number, y: number) => {
    const index = COLOURS.indexOf(quarter(x, y));
    return (P3[index] ?? WHITE).map((value) => value * 257);
  };
  const profile = await profileOf('p3');
  await expectColours(await previews.ofBytes(tiff({ bits: 16, pixelAt, profile })), corners());
});

test.each<[string, number[], number[], number[]]>([
  ['alpha', [2], [255, 0, 0, 128], [...RED, 128]],
  ['alpha that colours are multiplied by', [1], [128, 0, 0, 128], [...RED, 128]],
  ['alpha and another', [2, 0], [255, 0, 0, 128, 20], [...RED, 128]],
  ['another and alpha', [0, 2], [255, 0, 0, 20, 128], [...RED, 128]],
])('TIFF with %s keeps it', async (_, extra, pixel, shown) => {
  const result = await previews.ofBytes(tiff({ extra, pixelAt: () => pixel }));
  await expectColours(result, [[0.5, 0.5, shown]]);
});

test.each<[string, Partial<TiffFile>, number[]]>([
  ['grey', { photometric: 1, pixelAt: () => [200] }, [200, 200, 200]],
  [
    'grey and two more',
    { photometric: 1, extra: [0, 0], pixelAt: () => [200, 9, 7] },
    [200, 200, 200],
  ],
  [
    'CMYK and a spot colour',
    { photometric: 5, extra: [0], pixelAt: () => [0, 0, 0, 0, 200] },
    WHITE,
  ],
  [
    'CIE L*a*b* of 16 bits',
    { photometric: 8, bits: 16, pixelAt: () => [34_734, 20_480, 17_152] },
    RED,
  ],
])('TIFF in %s', async (_, part, colour) => {
  const result = await previews.ofBytes(tiff(part));
  expect(result.reason).toBeNull();
  await expectColours(result, [[0.5, 0.5, colour]]);
});
