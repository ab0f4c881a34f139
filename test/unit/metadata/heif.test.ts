import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { openHeif } from '../../../src/preview/kinds/libheif.ts';
import { fixturePath } from '../../support/fixtures.ts';
import {
  gridItem,
  type HeifItem,
  readHeifItems,
  sizeProperty,
  turnProperty,
  writeHeif,
} from '../../support/heif-file.ts';
import { exif, findNeedles, SERIAL, xmp } from '../../support/metadata-files.ts';
import { isoBox, isoBoxes, isoChild } from '../../support/movie-file.ts';
import { stripBytes } from '../../support/strip-bytes.ts';

const fixture = (name: string) => readFile(fixturePath(name));
const HEIC = ['heic', 'mif1', 'heic', 'miaf'];

async function pixelsOf(file: Buffer): Promise<Buffer> {
  const primary = await openHeif(file);
  try {
    return Buffer.from(primary.decode().pixels);
  } finally {
    primary.close();
  }
}

async function expectSamePixels(original: Buffer, stripped: Buffer): Promise<void> {
  expect(stripped.length).toBe(original.length);
  expect((await pixelsOf(stripped)).equals(await pixelsOf(original))).toBe(true);
}

const textProperty = (type: string, text: string) =>
  isoBox(type, Buffer.alloc(4), Buffer.from(`${text}\0`));

/** What cameras add to a picture: EXIF, XMP, a thumbnail, and a depth map of one tile. */
function metadataItems(picture: HeifItem, firstId: number): HeifItem[] {
  const [coded = [], ids = [0, 1, 2, 3, 4].map((n) => firstId + n)] = [picture.properties];
  const depth = textProperty('auxC', 'urn:mpeg:hevc:2015:auxid:2');
  // A copy of the coded picture, which is to be found if it stays.
  const data = Buffer.concat([picture.data, Buffer.from(SERIAL)]);
  const size = { columns: 1, rows: 1, width: 64, height: 64 };
  return [
    {
      id: ids[0] ?? 0,
      type: 'Exif',
      data: Buffer.concat([Buffer.alloc(4), exif(6)]),
      properties: [],
    },
    { id: ids[1] ?? 0, type: 'uri ', data: xmp(), properties: [] },
    { id: ids[2] ?? 0, type: 'hvc1', data, properties: coded },
    { ...gridItem(ids[3] ?? 0, size), properties: [sizeProperty(64, 64), depth] },
    { id: ids[4] ?? 0, type: 'hvc1', data, properties: coded },
  ];
}

const metadataReferences = (primary: number, firstId: number) => [
  { type: 'cdsc', from: firstId, to: [primary] },
  { type: 'cdsc', from: firstId + 1, to: [primary] },
  { type: 'thmb', from: firstId + 2, to: [primary] },
  { type: 'auxl', from: firstId + 3, to: [primary] },
  { type: 'dimg', from: firstId + 3, to: [firstId + 4] },
];

/** The types of the items that a file lists. */
function typesOf(file: Buffer): string[] {
  const iinf = isoChild(isoChild(file, 'meta').subarray(4), 'iinf');
  return isoBoxes(iinf.subarray(6)).map(({ body }) => body.toString('latin1', 8, 12));
}

describe('a HEIC', () => {
  test('that a phone wrote keeps its pixels, and nothing of its EXIF', async () => {
    const original = await fixture('photo.heic');
    const stripped = await stripBytes(original, 'image/heic');
    await expectSamePixels(original, stripped);
    expect(original.includes('Example Phone 8')).toBe(true);
    for (const text of ['Example', 'Exif', '2026:02:01'])
      expect(stripped.includes(text)).toBe(false);
    expect(typesOf(stripped)).not.toContain('Exif');
  });

  test.each([
    'photo-rotated.heic',
    'photo-p3.heic',
    'photo.heif',
    'tiles.heic',
    'photo-cutout.heic',
  ])('%s looks the same', async (name) => {
    const original = await fixture(name);
    const stripped = await stripBytes(original, 'image/heic');
    await expectSamePixels(original, stripped);
    const [before, after] = [await openHeif(original), await openHeif(stripped)];
    expect([after.width, after.height, after.hasAlpha]).toEqual([
      before.width,
      before.height,
      before.hasAlpha,
    ]);
    for (const opened of [before, after]) opened.close();
    // All its pictures.
    const coded = (file: Buffer) => typesOf(file).filter((type) => type === 'hvc1').length;
    expect(coded(stripped)).toBe(coded(original));
  });

  test('loses EXIF, XMP, thumbnails and depth maps with their tiles', async () => {
    const tiles = readHeifItems(await fixture('tiles.heic'));
    const [picture] = tiles;
    if (picture === undefined) throw new Error('no picture');
    const turned = { ...picture, id: 1, properties: [...picture.properties, turnProperty(1)] };
    const original = writeHeif({
      brands: HEIC,
      primary: 1,
      items: [turned, ...metadataItems(picture, 2)],
      references: metadataReferences(1, 2),
    });
    const stripped = await stripBytes(original, 'image/heic');
    expect(findNeedles(original)).toBeGreaterThan(0);
    expect(findNeedles(stripped)).toBe(0);
    await expectSamePixels(original, stripped);
    expect(typesOf(stripped)).toEqual(['hvc1']);
  });

  test('made of tiles keeps them', async () => {
    const tiles = readHeifItems(await fixture('tiles.heic')).map((tile, n) => ({
      ...tile,
      id: n + 2,
    }));
    const grid = gridItem(1, { columns: 2, rows: 2, width: 2048, height: 2048 });
    const [tile] = tiles;
    if (tile === undefined) throw new Error('no tile');
    const original = writeHeif({
      brands: HEIC,
      primary: 1,
      items: [grid, ...tiles, ...metadataItems(tile, 10)],
      references: [
        { type: 'dimg', from: 1, to: tiles.map(({ id }) => id) },
        ...metadataReferences(1, 10),
      ],
    });
    const stripped = await stripBytes(original, 'image/heic');
    expect(findNeedles(stripped)).toBe(0);
    await expectSamePixels(original, stripped);
    expect(typesOf(stripped)).toEqual(['grid', ...tiles.map(() => 'hvc1')]);
  });

  test('loses descriptions, boxes of makers, and bytes that nothing refers to', async () => {
    const [picture] = readHeifItems(await fixture('tiles.heic'));
    if (picture === undefined) throw new Error('no picture');
    const described = [
      ...picture.properties,
      textProperty('udes', SERIAL),
      textProperty('cmex', SERIAL),
    ];
    const file = writeHeif({
      brands: HEIC,
      primary: 1,
      items: [{ ...picture, id: 1, properties: described }],
    });
    const extra = [isoBox('mpvd', Buffer.from(SERIAL)), isoBox('mdat', Buffer.from(SERIAL))];
    const original = Buffer.concat([file, ...extra, Buffer.from(SERIAL)]);
    const stripped = await stripBytes(original, 'image/heic');
    expect(findNeedles(stripped)).toBe(0);
    expect((await pixelsOf(stripped)).equals(await pixelsOf(original))).toBe(true);
  });
});

describe('an AVIF', () => {
  test.each(['photo.avif'])('%s keeps its pixels', async (name) => {
    const original = await fixture(name);
    const stripped = await stripBytes(original, 'image/avif');
    const pixels = (file: Buffer) => sharp(file).raw().toBuffer();
    expect((await pixels(stripped)).equals(await pixels(original))).toBe(true);
  });

  test('with EXIF, XMP, transparency and a profile keeps the last two', async () => {
    const rgba = sharp({
      create: {
        width: 64,
        height: 48,
        channels: 4,
        background: { r: 200, g: 90, b: 3, alpha: 0.4 },
      },
    });
    const original = await rgba
      .withExif({ IFD0: { Make: SERIAL }, IFD3: { GPSLatitude: '52/1 31/1 1433/100' } })
      .withXmp(xmp().toString())
      .withIccProfile('p3')
      .avif()
      .toBuffer();
    const stripped = await stripBytes(original, 'image/avif');
    expect(findNeedles(original)).toBeGreaterThan(0);
    expect(findNeedles(stripped)).toBe(0);
    const pixels = (file: Buffer) => sharp(file).raw().toBuffer();
    expect((await pixels(stripped)).equals(await pixels(original))).toBe(true);
    const [before, after] = [await sharp(original).metadata(), await sharp(stripped).metadata()];
    expect(after).toMatchObject({ hasAlpha: true, width: 64, height: 48 });
    expect(after.icc).toEqual(before.icc);
    expect([after.exif, after.xmp]).toEqual([undefined, undefined]);
  });
});
