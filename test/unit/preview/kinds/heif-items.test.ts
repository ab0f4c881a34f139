import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sniffContentType } from '../../../../src/media/download/sniff-content-type.ts';
import { fixturePath } from '../../../support/fixtures.ts';
import {
  gridItem,
  type HeifItem,
  readHeifItems,
  sizeProperty,
  turnProperty,
  writeHeif,
} from '../../../support/heif-file.ts';
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

const HEIC = ['heic', 'mif1', 'heic', 'miaf'];
const SIDE = 1024;
let previews: BytesPreviews;
let tiles: HeifItem[];
beforeAll(async () => {
  previews = await startBytesPreviews();
  tiles = readHeifItems(await readFile(fixturePath('tiles.heic')));
});
afterAll(() => previews.stop());

/** Each colour `columns / 2` wide and `rows / 2` high. */
function grid(columns: number, rows: number, extra: Buffer[] = []): Buffer {
  const size = { columns, rows, width: columns * SIDE, height: rows * SIDE };
  const items = Array.from({ length: columns * rows }, (_, n) => {
    const isRight = n % columns >= columns / 2;
    const isLow = n >= (columns * rows) / 2;
    return { ...(tiles[(isLow ? 2 : 0) + (isRight ? 1 : 0)] as HeifItem), id: n + 2 };
  });
  const whole = gridItem(1, size);
  return writeHeif({
    brands: HEIC,
    primary: 1,
    items: [{ ...whole, properties: [...whole.properties, ...extra] }, ...items],
    references: [{ type: 'dimg', from: 1, to: items.map(({ id }) => id) }],
  });
}

test.each([0, 1, 2, 3])('the primary picture is shown, wherever it stands: %i', async (n) => {
  const [id, colour] = [tiles[n]?.id ?? 0, [RED, GREEN, BLUE, WHITE][n] ?? []];
  const result = await previews.ofBytes(writeHeif({ brands: HEIC, items: tiles, primary: id }));
  expect(result).toMatchObject({ kind: 'image', reason: null });
  await expectColours(result, [[0.5, 0.5, colour]]);
});

test('a cut-out stays transparent', async () => {
  const result = await previews.of('photo-cutout.heic');
  await expectColours(result, [
    [0.2, 0.5, [0, 0, 0, 0]],
    [0.8, 0.5, [...RED, 255]],
  ]);
  expect(result.files.map(({ contentType }) => contentType)).toEqual(Array(3).fill('image/webp'));
});

test('transparency that hides nothing makes no WebP of a photo', async () => {
  const { files } = await previews.of('photo-p3.heic');
  expect(files.map(({ contentType }) => contentType)).toEqual(Array(3).fill('image/jpeg'));
});

test('a grid is put together', async () => {
  const result = await previews.ofBytes(grid(2, 2));
  expect(result).toMatchObject({ reason: null, size: { width: 2048, height: 2048 } });
  await expectColours(result, corners());
});

test('a grid of 75 megapixels is shown, with the same hash as a small one', async () => {
  const result = await previews.ofBytes(grid(12, 6));
  expect(result).toMatchObject({ reason: null, size: { width: 12_288, height: 6144 } });
  await expectColours(result, corners());
  const small = await previews.ofBytes(grid(4, 2));
  expect(result.pdq).toEqual(small.pdq);
}, 60_000);

test('so is one that is to be turned', async () => {
  const result = await previews.ofBytes(grid(12, 6, [turnProperty(1)]));
  expect(result).toMatchObject({ reason: null, size: { width: 6144, height: 12_288 } });
  await expectColours(result, corners(GREEN, WHITE, RED, BLUE));
}, 60_000);

async function avifItem(id: number, colour: number[]): Promise<HeifItem> {
  const [r = 0, g = 0, b = 0] = colour;
  const background = { r, g, b };
  const file = await sharp({ create: { width: 64, height: 64, channels: 3, background } })
    .avif({ quality: 90, chromaSubsampling: '4:4:4' })
    .toBuffer();
  return { ...(readHeifItems(file)[0] as HeifItem), id };
}

async function avifGrid(brands: string[]): Promise<Buffer> {
  const colours = [RED, GREEN, BLUE, WHITE];
  const items = await Promise.all(colours.map((colour, n) => avifItem(n + 2, colour)));
  const whole = gridItem(1, { columns: 2, rows: 2, width: 128, height: 128 });
  const references = [{ type: 'dimg', from: 1, to: [2, 3, 4, 5] }];
  return writeHeif({ brands, primary: 1, items: [...items, whole], references });
}

test.each([
  ['avif', ['avif', 'mif1', 'miaf']],
  ['mif1, which names no codec', ['mif1', 'avif', 'miaf']],
  ['avis, of animations', ['avis', 'avif', 'avis', 'msf1', 'mif1', 'miaf']],
])('a grid of AV1 under the brand %s is put together', async (_, brands) => {
  const result = await previews.ofBytes(await avifGrid(brands));
  expect(result).toMatchObject({ kind: 'image', reason: null, size: { width: 128, height: 128 } });
  await expectColours(result, corners());
});

test('the primary picture of an AVIF is shown, wherever it stands', async () => {
  const size = { width: 64, height: 64 };
  const items = await Promise.all([RED, GREEN, BLUE].map((colour, n) => avifItem(n + 1, colour)));
  for (const [n, colour] of [RED, GREEN, BLUE].entries()) {
    const brands = ['avif', 'mif1', 'miaf'];
    const result = await previews.ofBytes(writeHeif({ brands, items, primary: n + 1 }));
    expect(result).toMatchObject({ kind: 'image', reason: null, size });
    await expectColours(result, [[0.5, 0.5, colour]]);
  }
});

test('a grid of AV1 that says it is HEIC is put together', async () => {
  const result = await previews.ofBytes(await avifGrid(HEIC));
  expect(result).toMatchObject({ kind: 'image', reason: null });
  await expectColours(result, corners());
});

test.each([
  ['a codec that nothing here decodes', 'j2k1', 'j2kH', /feature of its format/],
  ['no data for the decoder', 'hvc1', 'free', /damaged or cut short/],
])('%s: a card that says so', async (_, type, configuration, reason) => {
  const [tile] = tiles;
  const property = Buffer.concat([Buffer.from([0, 0, 0, 8]), Buffer.from(configuration)]);
  const properties = [sizeProperty(SIDE, SIDE), property];
  const items = [{ ...(tile as HeifItem), type, properties }];
  const result = await previews.ofBytes(writeHeif({ brands: HEIC, items, primary: 1 }));
  expect(result).toMatchObject({ kind: 'card', reason: expect.stringMatching(reason) });
});

test.each([
  [['mif1', 'avif', 'miaf'], 'image/avif'],
  [['mif1', 'heic'], 'image/heif'],
  [['avis', 'avif'], 'image/avif'],
  [['heis', 'mif1'], 'image/heic'],
  [['msf1', 'avis'], 'image/avif'],
])('brands %j are %s', async (brands, contentType) => {
  const file = writeHeif({ brands, items: tiles, primary: 1 });
  const folder = await mkdtemp(join(tmpdir(), 'mms-inbox-brands-'));
  await writeFile(join(folder, 'file'), file);
  expect(await sniffContentType(join(folder, 'file'))).toBe(contentType);
  await rm(folder, { recursive: true });
});
