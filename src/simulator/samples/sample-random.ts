/** A source of pseudo-random numbers, reproducible by the seed. */
export interface SampleRandom {
  /** At least `min`, below `max`. */
  between(min: number, max: number): number;
  /** One of `choices`, which must not be empty. */
  pick<T>(choices: readonly [T, ...T[]]): T;
}

/** Mulberry32, a 32-bit generator: good enough for sample pictures only. */
export function createSampleRandom(seed: number): SampleRandom {
  let state = (seed + 1) >>> 0;

  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
  // Neighbouring seeds produce similar first numbers, which are discarded.
  next();
  next();

  return {
    between: (min, max) => min + next() * (max - min),
    pick: (choices) => choices[Math.floor(next() * choices.length)] ?? choices[0],
  };
}
