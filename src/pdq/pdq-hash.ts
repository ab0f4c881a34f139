import { MAX_SIDE, type PdqPixels, SIDE, shrink, toLuma } from './downsample.ts';

/** A perceptual hash of 256 bits. */
interface PdqHash {
  /** 32 bytes, bit 255 first. */
  hash: Uint8Array;
  /** 0 to 100; below 50 the picture has too little detail to be distinguished from others. */
  quality: number;
}

/**
 * @throws RangeError for a side of more than 512 pixels: the decoder has to resize first, with its better
 *   filter
 */
type PdqHasher = (pixels: PdqPixels) => PdqHash;

const MIN_SIDE = 5;

/**
 * Meta's perceptual hash PDQ [hashing.pdf in github.com/facebook/ThreatExchange]. Single-precision
 * arithmetic in the order of the reference implementation, so that the same pixels give the same hash.
 */
export function createPdqHasher(): PdqHasher {
  const matrix = cosines();
  const luma = new Float32Array(MAX_SIDE ** 2);
  const other = new Float32Array(MAX_SIDE ** 2);
  return (pixels) => {
    const { width, height } = pixels;
    if (Math.max(width, height) > MAX_SIDE) {
      throw new RangeError(`A picture of ${width} × ${height} pixels must be resized first`);
    }
    if (Math.min(width, height) < MIN_SIDE) return { hash: new Uint8Array(32), quality: 0 };
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

/** Frequencies of the DCT that are kept in each direction, without the constant (DC) term. */
const WAVES = 16;

/** The 16 × 64 DCT matrix. */
function cosines(): Float32Array {
  const scale = Math.fround(Math.sqrt(2 / SIDE));
  return Float32Array.from({ length: WAVES * SIDE }, (_, n) => {
    const [wave, place] = [Math.floor(n / SIDE), n % SIDE];
    return scale * Math.cos((Math.PI / 2 / SIDE) * (wave + 1) * (2 * place + 1));
  });
}

/**
 * The 16 × 16 lowest frequencies of the two-dimensional DCT: `matrix · samples · matrixᵀ`.
 *
 * @param samples 64 × 64
 * @param matrix from `cosines`
 */
function slowWaves(samples: Float32Array, matrix: Float32Array): Float32Array {
  const half = new Float32Array(WAVES * SIDE);
  for (let i = 0; i < WAVES; i += 1) {
    const row = { values: matrix, at: i * SIDE, by: 1 };
    for (let j = 0; j < SIDE; j += 1) {
      half[i * SIDE + j] = dot(row, { values: samples, at: j, by: SIDE });
    }
  }
  const waves = new Float32Array(WAVES * WAVES);
  for (let i = 0; i < WAVES; i += 1) {
    const row = { values: half, at: i * SIDE, by: 1 };
    for (let j = 0; j < WAVES; j += 1) {
      waves[i * WAVES + j] = dot(row, { values: matrix, at: j * SIDE, by: 1 });
    }
  }
  return waves;
}

interface Line {
  values: Float32Array;
  at: number;
  by: number;
}

function dot(a: Line, b: Line): number {
  let sum = 0;
  for (let k = 0; k < SIDE; k += 1) {
    const product = (a.values[a.at + k * a.by] as number) * (b.values[b.at + k * b.by] as number);
    sum = Math.fround(sum + Math.fround(product));
  }
  return sum;
}

/**
 * PDQ's quality, 0 to 100: the sum of all gradients between neighbouring samples.
 *
 * @param samples 64 × 64
 */
function gradientQuality(samples: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < SIDE * SIDE; at += 1) {
    if (at < SIDE * (SIDE - 1)) sum += step(samples, at, at + SIDE);
    if (at % SIDE < SIDE - 1) sum += step(samples, at, at + 1);
  }
  return Math.min(100, Math.floor(sum / 90));
}

function step(samples: Float32Array, a: number, b: number): number {
  const difference = Math.fround((samples[a] as number) - (samples[b] as number));
  return Math.abs(Math.trunc(Math.fround(Math.fround(difference * 100) / 255)));
}

/** As 64 lower case hex digits. */
export function formatPdq(hash: Uint8Array): string {
  return Buffer.from(hash.buffer, hash.byteOffset, hash.byteLength).toString('hex');
}
