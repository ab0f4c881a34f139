import { SIDE } from './shrink.ts';

/** Waves that are kept in each direction, the flat one not among them. */
export const WAVES = 16;

/** The 16 × 64 cosines. */
export function cosines(): Float32Array {
  const scale = Math.fround(Math.sqrt(2 / SIDE));
  return Float32Array.from({ length: WAVES * SIDE }, (_, n) => {
    const [wave, place] = [Math.floor(n / SIDE), n % SIDE];
    return scale * Math.cos((Math.PI / 2 / SIDE) * (wave + 1) * (2 * place + 1));
  });
}

/**
 * The slow waves of a picture (two-dimensional DCT), 16 × 16: `matrix · samples · matrixᵀ`.
 *
 * @param samples 64 × 64
 * @param matrix from `cosines`
 */
export function slowWaves(samples: Float32Array, matrix: Float32Array): Float32Array {
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
