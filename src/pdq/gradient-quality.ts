import { SIDE } from './shrink.ts';

/**
 * How much there is to tell pictures apart by, 0 to 100: the sum of all steps between neighbours.
 *
 * @param samples 64 × 64
 */
export function gradientQuality(samples: Float32Array): number {
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
