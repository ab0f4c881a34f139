import type { BandTable } from './band-tables.ts';
import { BANDS, bandOf, countBits } from './hash-words.ts';

const BITS_PER_BAND = 16;

/** Every XOR mask of a band, by how many bits it changes. */
type BandChanges = readonly (readonly number[])[];

export function bandChanges(): BandChanges {
  const changes: number[][] = Array.from({ length: BITS_PER_BAND + 1 }, () => []);
  for (let change = 0; change < 2 ** BITS_PER_BAND; change += 1) {
    changes[countBits(change)]?.push(change);
  }
  return changes;
}

/**
 * The bits in which at least one band may differ at most (pigeonhole principle): two hashes that differ in at
 * most 31 of 256 bits have a band that differs in at most one bit, otherwise they would differ in 32.
 */
export function bandReach(maxDistance: number): number {
  return Math.min(BITS_PER_BAND, Math.floor(maxDistance / BANDS));
}

/** A range of `slots` in one band's table. */
interface Probe {
  band: number;
  start: number;
  end: number;
}

/**
 * The slots in which some band is close enough; a slot appears once for each such band.
 *
 * @param reach from `bandReach`
 * @param most the maximum number of slots
 * @returns null when there are more than `most`
 */
export function probeBands(
  tables: readonly BandTable[],
  query: Uint32Array,
  changes: BandChanges,
  { reach, most }: { reach: number; most: number },
): Probe[] | null {
  const within = changes.slice(0, reach + 1).flat();
  const probes: Probe[] = [];
  let found = 0;
  for (const [band, { starts }] of tables.entries()) {
    const value = bandOf(query, 0, band);
    for (const change of within) {
      const start = starts[value ^ change] as number;
      const end = starts[(value ^ change) + 1] as number;
      if (start === end) continue;
      found += end - start;
      if (found > most) return null;
      probes.push({ band, start, end });
    }
  }
  return probes;
}

/** Whether an earlier band is close enough, too: then the slot has already been found there. */
export function isCloseBefore(
  band: number,
  words: Uint32Array,
  at: number,
  query: Uint32Array,
  reach: number,
): boolean {
  for (let before = 0; before < band; before += 1) {
    const difference = bandOf(words, at, before) ^ bandOf(query, 0, before);
    if (countBits(difference) <= reach) return true;
  }
  return false;
}
