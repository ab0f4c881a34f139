import { expect, test } from 'vitest';
import type { PdqPixels } from '../../../src/pdq/downsample.ts';
import { createPdqHasher, formatPdq } from '../../../src/pdq/pdq-hash.ts';

const hashPixels = createPdqHasher();

/** A picture of integer arithmetic alone, so that every implementation can make it. */
function picture(k: number, width: number, height: number): PdqPixels {
  const pixels = new Uint8Array(width * height * 3);
  const floor = Math.floor;
  for (let y = 0, at = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, at += 3) {
      const isOdd = (floor(x / (16 + 4 * k)) + floor(y / (20 + 3 * k))) % 2 === 1;
      pixels[at] =
        floor((x * x * (k + 1)) / 97) +
        floor((y * y * (k + 2)) / 89) +
        floor((x * y * (k + 3)) / 131);
      pixels[at + 1] = floor((x * (7 + k)) / 4) + floor((y * (11 + 3 * k)) / 5);
      pixels[at + 2] = (isOdd ? 128 : 32) + ((x + y) % 64);
    }
  }
  return { pixels, width, height, channels: 3 };
}

// Hashes by the reference implementation.
const VECTORS = [
  [0, 512, 512, '157f43df97ff4bd4977fcfc0957aefc09f80c52a9f80c5289f80c5209f80c020'],
  [1, 400, 300, 'fbbfff60daaaf000a57d81eaa53ff5ea853f556aafc00295a7c00215a7c01215'],
  [2, 128, 480, '906ef3747e46ff74ebe959a107ecfa212e4ccb21eac81360d7e87a607648da00'],
  [3, 64, 64, '6eaa51eeaf00a857fa91542a7d68005faab540af3d585553ff5462a9bbfe0884'],
  [4, 65, 63, '768054afb9aaa71a2a555a95543dd5a0154abb5aea90aaa7aaa99a8b6ffe5444'],
] as const;

test.each(VECTORS)(
  'picture %i of %i × %i has the hash of the reference',
  (k, width, height, hex) => {
    const { hash, quality } = hashPixels(picture(k, width, height));
    expect([formatPdq(hash), quality]).toEqual([hex, 100]);
  },
);

test('the alpha channel is not looked at', () => {
  const rgb = picture(1, 400, 300);
  const pixels = Uint8Array.from({ length: 400 * 300 * 4 }, (_, n) =>
    n % 4 === 3 ? n : (rgb.pixels[Math.floor(n / 4) * 3 + (n % 4)] ?? 0),
  );
  expect(hashPixels({ ...rgb, pixels, channels: 4 })).toEqual(hashPixels(rgb));
});

test('levels of grey are taken as they are', () => {
  // The levels 0 and 255 are the same as colours, whatever their luma rounds to.
  const grey = Uint8Array.from({ length: 64 * 64 }, (_, n) => (((n * n) >> 7) & 1) * 255);
  const rgb = Uint8Array.from({ length: 64 * 64 * 3 }, (_, n) => grey[Math.floor(n / 3)] ?? 0);
  const size = { width: 64, height: 64 };
  const hashed = hashPixels({ ...size, pixels: grey, channels: 1 });
  expect(hashed).toEqual(hashPixels({ ...size, pixels: rgb, channels: 3 }));
  expect(hashed.quality).toBe(100);
});

test.each([
  [4, 300],
  [300, 4],
  [1, 1],
])('%i × %i pixels are too few to tell anything', (width, height) => {
  const { hash, quality } = hashPixels(picture(0, width, height));
  expect([formatPdq(hash), quality]).toEqual(['0'.repeat(64), 0]);
});

test('five pixels are enough, and one colour has no quality', () => {
  expect(formatPdq(hashPixels(picture(0, 5, 5)).hash)).not.toBe('0'.repeat(64));
  const pixels = new Uint8Array(300 * 200 * 3).fill(90);
  expect(hashPixels({ pixels, width: 300, height: 200, channels: 3 }).quality).toBe(0);
});

test('what is to be resized first is refused', () => {
  expect(() => hashPixels(picture(0, 513, 100))).toThrow(RangeError);
});
