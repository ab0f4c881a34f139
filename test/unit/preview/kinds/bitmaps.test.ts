import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readBitmap } from '../../../../src/preview/kinds/read-bitmap.ts';
import { type BitmapFile, packRows, writeBitmap, writeDib } from '../../../support/bitmap-file.ts';
import {
  BLACK,
  BLUE,
  type BytesPreviews,
  corners,
  expectColours,
  GREEN,
  RED,
  startBytesPreviews,
  WHITE,
} from '../../../support/shown-colours.ts';

const COLOURS = [RED, GREEN, BLUE, WHITE] as const;
// No multiple of two, four or eight: rows end amid bytes and words.
const WIDTH = 13;
const HEIGHT = 6;

/** Which of COLOURS a pixel has. */
function quarter(x: number, y: number): number {
  return (y < HEIGHT / 2 ? 0 : 2) + (x < WIDTH / 2 ? 0 : 1);
}

type Row = [name: string, file: Omit<BitmapFile, 'width' | 'height' | 'pixels'> & { up?: false }];

/** With a palette, whose first colour is none of the picture's. */
const indexed = { palette: [BLACK, ...COLOURS] };

const palettes: Row[] = [2, 4, 8].flatMap((bits): Row[] => {
  const palette = bits === 2 ? [...COLOURS] : [BLACK, ...COLOURS];
  return [
    [`${bits} bits`, { bits, palette }],
    [`${bits} bits from the top down`, { bits, palette, up: false }],
    [`${bits} bits, pixels not behind the colours`, { bits, palette, gapBytes: 100 }],
    [`${bits} bits of OS/2 1`, { bits, palette, headerBytes: 12, gapBytes: 3 }],
    [`${bits} bits of version 4`, { bits, palette, headerBytes: 108 }],
    [`${bits} bits of version 5`, { bits, palette, headerBytes: 124 }],
    [`${bits} bits of OS/2 2`, { bits, palette, headerBytes: 64 }],
  ];
});

test.each(palettes)('a palette of %s', (_, { up, ...file }) => {
  const height = up === false ? -HEIGHT : HEIGHT;
  const size = { width: WIDTH, height, bits: file.bits };
  const first = file.bits === 2 ? 0 : 1;
  const pixels = packRows(size, (x, y) => first + quarter(x, y));
  expectQuarters(writeBitmap({ ...file, ...size, pixels }));
});

test('a palette of 1 bit', () => {
  const size = { width: WIDTH, height: HEIGHT, bits: 1 };
  const pixels = packRows(size, (x) => (x < WIDTH / 2 ? 0 : 1));
  const bitmap = readBitmap(writeBitmap({ ...size, palette: [RED, BLUE], pixels }));
  expect([at(bitmap, 0, 0), at(bitmap, 12, 5)]).toEqual([RED, BLUE]);
});

/** Puts levels of 0 or 255 under masks. */
function under(masks: number[], alpha?: number): (x: number, y: number) => number {
  return (x, y) => {
    const levels = [...(COLOURS[quarter(x, y)] ?? []), ...(alpha === undefined ? [] : [alpha])];
    return masks.reduce((sum, mask, n) => {
      const shift = 31 - Math.clz32(mask & -mask);
      return sum + Math.round(((levels[n] ?? 0) / 255) * (mask >>> shift)) * 2 ** shift;
    }, 0);
  };
}

const M555 = [0x7c00, 0x03e0, 0x001f];
const M565 = [0xf800, 0x07e0, 0x001f];
const M888 = [0xff0000, 0xff00, 0xff];
const M101010 = [0x3ff00000, 0x000ffc00, 0x000003ff];

test.each<[string, number, number[], Partial<BitmapFile>]>([
  ['24 bits', 24, M888, {}],
  ['24 bits from the top down', 24, M888, { height: -HEIGHT }],
  ['24 bits with a palette beside', 24, M888, indexed],
  ['24 bits of OS/2 1', 24, M888, { headerBytes: 12 }],
  ['16 bits', 16, M555, {}],
  ['16 bits, 5-6-5', 16, M565, { compression: 3, masks: M565 }],
  [
    '16 bits, 5-6-5, masks in the header',
    16,
    M565,
    { compression: 3, masks: M565, headerBytes: 108 },
  ],
  ['32 bits', 32, M888, {}],
  [
    '32 bits with masks in another order',
    32,
    [0xff, 0xff00, 0xff0000],
    { compression: 3, masks: [0xff, 0xff00, 0xff0000] },
  ],
  ['32 bits, 10-10-10', 32, M101010, { compression: 3, masks: M101010, headerBytes: 52 }],
  [
    '32 bits with alpha that was never written',
    32,
    M888,
    { compression: 3, masks: [...M888, 0xff000000], headerBytes: 124 },
  ],
])('colours of %s', (_, bits, masks, file) => {
  const size = { width: WIDTH, height: HEIGHT, bits, ...file };
  expectQuarters(writeBitmap({ ...size, pixels: packRows(size, under(masks)) }));
});

test.each([
  ['in the header', { compression: 3, headerBytes: 56 }],
  ['behind it', { compression: 6 }],
])('alpha under a mask %s is kept', (_, file) => {
  const masks = [...M888, 0xff000000];
  const size = { width: WIDTH, height: HEIGHT, bits: 32, ...file };
  const bitmap = readBitmap(
    writeBitmap({ ...size, masks, pixels: packRows(size, under(masks, 102)) }),
  );
  expect(at(bitmap, 0, 0)).toEqual([...RED, 102]);
});

describe('run-length codes', () => {
  const palette = [BLACK, ...COLOURS];

  test.each<[string, number, number, number[]]>([
    // Rows from below: blue and white, then red and green; run, stretch with a byte to fill it, run.
    ['8 bits', 8, 1, [...runs8([3, 4], 3), ...runs8([1, 2], 3), 0, 1]],
    ['4 bits', 4, 2, [...runs4([3, 4], 3), ...runs4([1, 2], 3), 0, 1]],
  ])('of %s', (_, bits, compression, codes) => {
    const size = { width: WIDTH, height: HEIGHT, bits, compression };
    expectQuarters(writeBitmap({ ...size, palette, pixels: Buffer.from(codes) }));
  });

  test('that skip pixels leave them in the first colour', () => {
    const pixels = Buffer.from([0, 2, 6, 2, 1, 1, 0, 1]);
    const size = { width: WIDTH, height: HEIGHT, bits: 8, compression: 1 };
    const bitmap = readBitmap(writeBitmap({ ...size, palette, pixels }));
    expect([at(bitmap, 6, 3), at(bitmap, 5, 3), at(bitmap, 6, 5)]).toEqual([RED, BLACK, BLACK]);
    expect(bitmap).toMatchObject({ isWhole: true });
  });

  test('that end early or go beyond the picture cost no more than that', () => {
    for (const codes of [
      [255, 1, 255, 2, 0, 0, 255, 3, 0, 2, 255, 255, 9, 9],
      [13, 1, 0],
      [0, 200, 1],
    ]) {
      const size = { width: WIDTH, height: HEIGHT, bits: 8, compression: 1 };
      const bitmap = readBitmap(writeBitmap({ ...size, palette, pixels: Buffer.from(codes) }));
      expect(bitmap).toMatchObject({ picture: { width: WIDTH, height: HEIGHT } });
    }
  });
});

/** Seven pixels of one colour as a run, five of the other as a stretch and one as a run. */
function runs8([left = 0, right = 0]: number[], rows: number): number[] {
  const row = [7, left, 0, 5, right, right, right, right, right, 0, 1, right, 0, 0];
  return Array(rows).fill(row).flat();
}

function runs4([left = 0, right = 0]: number[], rows: number): number[] {
  const [l, r] = [left * 17, right * 17];
  return Array(rows).fill([7, l, 0, 5, r, r, r, 0, 1, r, 0, 0]).flat();
}

test.each<[string, Partial<BitmapFile>, RegExp]>([
  ['64 bits a pixel', { bits: 64 }, /64 bits/],
  ['Huffman coding of OS/2', { bits: 1, headerBytes: 64, compression: 3 }, /compression/],
  ['compression of no kind', { bits: 24, compression: 77 }, /compression/],
  ['no width', { bits: 24, width: 0 }, /damaged/],
  ['more pixels than are decoded', { bits: 1, width: 60_000, height: 60_000 }, /more pixels/],
])('%s: says so', (_, file, reason) => {
  const size = { width: WIDTH, height: HEIGHT, bits: 24, ...file };
  expect(() => readBitmap(writeBitmap({ ...size, pixels: Buffer.alloc(2000) }))).toThrow(reason);
});

test('a header that is cut short is damaged', () => {
  for (const length of [14, 26, 30, 50]) {
    const size = { width: WIDTH, height: HEIGHT, bits: 24 };
    const bytes = writeBitmap({ ...size, pixels: Buffer.alloc(300) }).subarray(0, length);
    expect(() => {
      const bitmap = readBitmap(bytes);
      if ('picture' in bitmap && !bitmap.isWhole) throw new Error('damaged');
    }).toThrow(/damaged/);
  }
});

function at(bitmap: ReturnType<typeof readBitmap>, x: number, y: number): number[] {
  if (!('picture' in bitmap)) throw new Error('no pixels');
  const { pixels, width, channels } = bitmap.picture;
  return [...pixels.subarray((y * width + x) * channels, (y * width + x + 1) * channels)];
}

function expectQuarters(bytes: Buffer): void {
  const bitmap = readBitmap(bytes);
  expect(bitmap).toMatchObject({ isWhole: true, picture: { width: WIDTH, height: HEIGHT } });
  for (let y = 0; y < HEIGHT; y += 1) {
    for (let x = 0; x < WIDTH; x += 1) {
      expect([x, y, at(bitmap, x, y)]).toEqual([x, y, COLOURS[quarter(x, y)]]);
    }
  }
}

describe('as previews', () => {
  let previews: BytesPreviews;
  beforeAll(async () => {
    previews = await startBytesPreviews();
  });
  afterAll(() => previews.stop());

  const size = { width: 96, height: 64, bits: 24 };
  const quarters = packRows(size, (x, y) => {
    const [r = 0, g = 0, b = 0] = COLOURS[(y < 32 ? 0 : 2) + (x < 48 ? 0 : 1)] ?? [];
    return r * 65_536 + g * 256 + b;
  });

  test('one that is cut short shows what is there', async () => {
    const bytes = writeBitmap({ ...size, pixels: quarters.subarray(0, quarters.length - 2000) });
    const result = await previews.ofBytes(bytes);
    expect(result).toMatchObject({ kind: 'image', reason: expect.stringMatching(/only a part/) });
    await expectColours(result, [
      [0.05, 0.05, BLACK],
      [0.05, 0.95, BLUE],
    ]);
  });

  test.each(['jpeg', 'png'] as const)('one with a %s inside shows it', async (format) => {
    const pixels = await sharp({
      create: { width: 96, height: 64, channels: 3, background: '#00ff00' },
    })
      .toFormat(format)
      .toBuffer();
    const compression = format === 'jpeg' ? 4 : 5;
    const file = { ...size, headerBytes: 108, bits: 0, compression, pixels };
    const result = await previews.ofBytes(writeBitmap(file));
    expect(result).toMatchObject({ kind: 'image', reason: null, size: { width: 96, height: 64 } });
    await expectColours(result, [[0.5, 0.5, GREEN]]);
  });

  /** @param pictures with the side that the folder of the icon tells */
  function icon(...pictures: [side: number, bytes: Buffer][]): Buffer {
    const head = Buffer.from([0, 0, 1, 0, pictures.length, 0]);
    let offset = head.length + 16 * pictures.length;
    const entries = pictures.map(([side, bytes]) => {
      const entry = Buffer.alloc(16);
      entry.writeUInt8(side % 256, 0);
      entry.writeUInt8(side % 256, 1);
      entry.writeUInt32LE(bytes.length, 8);
      entry.writeUInt32LE(offset, 12);
      offset += bytes.length;
      return entry;
    });
    return Buffer.concat([head, ...entries, ...pictures.map(([, bytes]) => bytes)]);
  }

  async function png(side: number, background: string): Promise<Buffer> {
    return sharp({ create: { width: side, height: side, channels: 3, background } })
      .png()
      .toBuffer();
  }

  function masked(side: number): Buffer {
    const colours = packRows({ width: side, height: side, bits: 24 }, () => 0xff0000);
    const mask = packRows({ width: side, height: side, bits: 1 }, (x) => (x < side / 2 ? 1 : 0));
    const pixels = Buffer.concat([colours, mask]);
    return writeDib({ width: side, height: 2 * side, bits: 24, pixels });
  }

  test('an icon shows its largest picture', async () => {
    const bytes = icon([16, masked(16)], [256, await png(256, '#0000ff')], [32, masked(32)]);
    const result = await previews.ofBytes(bytes);
    expect(result).toMatchObject({
      kind: 'image',
      reason: null,
      size: { width: 256, height: 256 },
    });
    await expectColours(result, [[0.5, 0.5, BLUE]]);
  });

  test('an icon of a bitmap has its mask', async () => {
    const result = await previews.ofBytes(icon([32, masked(32)]));
    expect(result).toMatchObject({ kind: 'image', reason: null, size: { width: 32, height: 32 } });
    await expectColours(result, [
      [0.2, 0.5, [0, 0, 0, 0]],
      [0.8, 0.5, [...RED, 255]],
    ]);
  });

  test('a bitmap with runs has the hash of its picture', async () => {
    const plain = await previews.ofBytes(writeBitmap({ ...size, pixels: quarters }));
    await expectColours(plain, corners());
    const palette = [BLACK, ...COLOURS];
    const row = (left: number, right: number) => [48, left, 48, right, 0, 0];
    const codes = [...Array(32).fill(row(3, 4)).flat(), ...Array(32).fill(row(1, 2)).flat(), 0, 1];
    const file = { ...size, bits: 8, compression: 1, palette, pixels: Buffer.from(codes) };
    const runs = await previews.ofBytes(writeBitmap(file));
    expect(runs.pdq).toEqual(plain.pdq);
  });
});
