import { cosines, slowWaves, WAVES } from './cosine-transform.ts';
import { gradientQuality } from './gradient-quality.ts';
import { MOST_SIDE, type PdqPixels, toLuma } from './pdq-pixels.ts';
import { shrink } from './shrink.ts';

/** What a picture looks like, in 256 bits. */
export interface PdqHash {
  /** 32 bytes, bit 255 first. */
  hash: Uint8Array;
  /** 0 to 100; below 50 too little is to be seen to tell pictures apart. */
  quality: number;
}

/** @throws RangeError for a side of more than 512 pixels: decoders resize better than this could */
export type PdqHasher = (pixels: PdqPixels) => PdqHash;

const LEAST_SIDE = 5;

/**
 * Meta's perceptual hash PDQ [hashing.pdf in github.com/facebook/ThreatExchange]. Single-precision
 * arithmetic in the order of the reference implementation, so that the same pixels give the same hash.
 */
export function createPdqHasher(): PdqHasher {
  const matrix = cosines();
  const luma = new Float32Array(MOST_SIDE ** 2);
  const other = new Float32Array(MOST_SIDE ** 2);
  return (pixels) => {
    const { width, height } = pixels;
    if (Math.max(width, height) > MOST_SIDE) {
      throw new RangeError(`A picture of ${width} × ${height} pixels is to be resized first`);
    }
    if (Math.min(width, height) < LEAST_SIDE) return { hash: new Uint8Array(32), quality: 0 };
    toLuma(pixels, luma);
    const samples = shrink({ values: luma, columns: width, rows: height }, other);
    return {
      hash: aboveMedian(slowWaves(samples, matrix)),
      quality: gradientQuality(samples),
    };
  };
}

function aboveMedian(waves: Float32Array): Uint8Array {
  const median = waves.toSorted()[(WAVES * WAVES) / 2 - 1] as number;
  const hash = new Uint8Array(32);
  for (const [bit, value] of waves.entries()) {
    if (value > median)
      hash[31 - (bit >> 3)] = (hash[31 - (bit >> 3)] as number) | (1 << (bit & 7));
  }
  return hash;
}
