import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bitsApart } from '../../../support/bits-apart.ts';
import { fixturePath } from '../../../support/fixtures.ts';
import {
  type BytesPreviews,
  expectColours,
  GREEN,
  RED,
  startBytesPreviews,
} from '../../../support/shown-colours.ts';
import { type TiffFile, writeTiff } from '../../../support/tiff-file.ts';

let previews: BytesPreviews;
beforeAll(async () => {
  previews = await startBytesPreviews();
});
afterAll(() => previews.stop());

const PARTIAL = expect.stringMatching(/only a part of it could be decoded/);
const DAMAGED = expect.stringMatching(/damaged or cut short/);

function card() {
  return sharp(fixturePath('photo.png'));
}

const formats: [name: string, make: () => Promise<Buffer>][] = [
  ['JPEG', () => card().jpeg().toBuffer()],
  ['progressive JPEG', () => card().jpeg({ progressive: true }).toBuffer()],
  ['PNG', () => card().png().toBuffer()],
  ['interlaced PNG', () => card().png({ progressive: true }).toBuffer()],
  ['PNG with a palette', () => card().png({ palette: true }).toBuffer()],
  ['PNG of 16 bits', () => card().toColourspace('rgb16').png().toBuffer()],
  ['GIF', () => card().gif().toBuffer()],
];

describe.each(formats)('%s', (name, make) => {
  test('without its last bytes it is shown as if they were there', async () => {
    const whole = await make();
    // A PNG's end has 12 bytes of its own.
    const cut = whole.subarray(0, whole.length - (/PNG/.test(name) ? 13 : 2));
    const result = await previews.ofBytes(cut);
    expect(result).toMatchObject({ kind: 'image', size: { width: 640, height: 480 } });
    await expectColours(result, [
      [0.05, 0.05, RED],
      [0.95, 0.05, GREEN],
    ]);
    const { pdq } = await previews.ofBytes(whole);
    const hashes = [result.pdq, pdq].map((hash) => Buffer.from(hash?.hash ?? '', 'hex'));
    expect(bitsApart(hashes[0] as Buffer, hashes[1] as Buffer)).toBeLessThanOrEqual(10);
  });

  test('half of it shows what is there, and says so', async () => {
    const whole = await make();
    const result = await previews.ofBytes(whole.subarray(0, Math.floor(whole.length / 2)));
    expect(result).toMatchObject({ kind: 'image', reason: PARTIAL });
    expect(result.pdq).not.toBeNull();
    if (name !== 'interlaced PNG') await expectColours(result, [[0.05, 0.05, RED]], 40);
  });

  test('of which nothing decodes it is a card', async () => {
    const whole = await make();
    const result = await previews.ofBytes(whole.subarray(0, name.includes('palette') ? 60 : 40));
    expect(result).toMatchObject({ kind: 'card', reason: DAMAGED, pdq: null });
  });
});

test('a whole picture has no reason', async () => {
  for (const [, make] of formats) {
    expect((await previews.ofBytes(await make())).reason).toBeNull();
  }
});

test('a TIFF whose pixels are cut short shows what is there', async () => {
  const pixelAt = (_: number, y: number) => (y < 16 ? RED : GREEN);
  const size = { width: 64, height: 64 };
  const file: TiffFile = { ...size, photometric: 2, bits: 8, extra: [], pixelAt };
  const whole = writeTiff({ ...file, rowsPerStrip: 8 });
  const result = await previews.ofBytes(whole.subarray(0, whole.length - 3000));
  expect(result).toMatchObject({ kind: 'image', reason: PARTIAL, size });
  await expectColours(result, [
    [0.5, 0.1, RED],
    [0.5, 0.5, GREEN],
  ]);
});

test('an animation that is cut short shows a frame', async () => {
  const whole = await readFile(fixturePath('animated.gif'));
  const result = await previews.ofBytes(whole.subarray(0, Math.floor(whole.length * 0.7)));
  expect(result).toMatchObject({ kind: 'animation' });
  await expectColours(result, [[0.05, 0.05, RED]], 40);
});

test('a WebP that is cut short is a card, because its decoder gives no part', async () => {
  const whole = await card().webp().toBuffer();
  const result = await previews.ofBytes(whole.subarray(0, whole.length - 2));
  expect(result).toMatchObject({ kind: 'card', reason: DAMAGED });
});
