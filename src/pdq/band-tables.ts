import { setImmediate } from 'node:timers/promises';
import { BANDS, bandOf, WORDS } from './hash-words.ts';

/** For one band, the slots of the hashes that have each value, as compressed rows (CSR). */
export interface BandTable {
  /** Where each of the 65,536 values begins in `slots`; one more entry is where the last ends. */
  starts: Uint32Array;
  slots: Uint32Array;
}

const VALUES = 2 ** 16;
const SLICE = 2 ** 16;

/**
 * Sorts hashes into a table for each band, in slices of about a millisecond each, and yields to the event
 * loop after every slice.
 *
 * @param words hash n has the eight words from `8 * n`
 * @param slots of the hashes to sort; none of them may change meanwhile
 */
export async function buildBandTables(
  words: Uint32Array,
  slots: Uint32Array,
): Promise<readonly BandTable[]> {
  const tables: BandTable[] = [];
  for (let band = 0; band < BANDS; band += 1) tables.push(await build(words, slots, band));
  return tables;
}

async function build(words: Uint32Array, slots: Uint32Array, band: number): Promise<BandTable> {
  const starts = new Uint32Array(VALUES + 1);
  for (let from = 0; from < slots.length; from += SLICE) {
    count(starts, words, slots.subarray(from, from + SLICE), band);
    await setImmediate();
  }
  for (let value = 0; value < VALUES; value += 1) {
    starts[value + 1] = (starts[value + 1] as number) + (starts[value] as number);
  }
  const table = { starts, slots: new Uint32Array(slots.length) };
  const next = starts.slice(0, VALUES);
  for (let from = 0; from < slots.length; from += SLICE) {
    place(table, next, words, slots.subarray(from, from + SLICE), band);
    await setImmediate();
  }
  return table;
}

/** Counts each value at the index of the next one, for the prefix sum in `build`. */
function count(starts: Uint32Array, words: Uint32Array, slots: Uint32Array, band: number): void {
  for (let n = 0; n < slots.length; n += 1) {
    const next = bandOf(words, (slots[n] as number) * WORDS, band) + 1;
    starts[next] = (starts[next] as number) + 1;
  }
}

function place(
  table: BandTable,
  next: Uint32Array,
  words: Uint32Array,
  slots: Uint32Array,
  band: number,
): void {
  for (let n = 0; n < slots.length; n += 1) {
    const slot = slots[n] as number;
    const value = bandOf(words, slot * WORDS, band);
    const place = next[value] as number;
    table.slots[place] = slot;
    next[value] = place + 1;
  }
}
