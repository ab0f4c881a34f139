import { type BandTable, buildBandTables } from './band-tables.ts';
import { createHashSlots } from './hash-slots.ts';
import { BANDS, bandOf, countBits, distanceWithin, WORDS, writeWords } from './hash-words.ts';

export interface PdqMatch<Id> {
  id: Id;
  /** In how many of 256 bits the hashes differ. */
  distance: number;
}

/** PDQ hashes in memory, searched by Hamming distance. */
export interface PdqIndex<Id> {
  readonly size: number;
  /** @param hash 32 bytes; replaces the hash that the id had before */
  add(id: Id, hash: Uint8Array): void;
  /** @returns whether the id was in the index */
  remove(id: Id): boolean;
  /** All within a distance (hash-sharing programmes recommend 31), nearest first. */
  search(hash: Uint8Array, maxDistance: number): PdqMatch<Id>[];
  /** Resolves when no sort is running; searches are complete before that, too, only slower. */
  settled(): Promise<void>;
}

// Hashes added since the tables were built are scanned linearly, until there are this many.
const MIN_PENDING = 4096;
const PENDING_SHARE = 1 / 8;
// Above this share of candidates a full scan is faster, because it reads memory sequentially.
const SCAN_SHARE = 1 / 4;

/**
 * Multi-index hashing [Norouzi, Punjani, Fleet: Fast Search in Hamming Space with Multi-Index
 * Hashing, 2012] over 16 bands. When the tables would give too many candidates, for example because many
 * hashes share the value of a band, it scans all hashes instead.
 */
export function createPdqIndex<Id extends string | number>(): PdqIndex<Id> {
  const hashes = createHashSlots<Id>();
  const changes = bandChanges();
  const query = new Uint32Array(WORDS);
  let tables: readonly BandTable[] = [];
  let indexed = 0;
  /** Slots in no table yet. */
  let pending: number[] = [];
  /** Slots that were emptied, but may still be in a table. */
  let emptied: number[] = [];
  let sorting: Promise<void> | null = null;

  const needsSort = () => pending.length > Math.max(MIN_PENDING, indexed * PENDING_SHARE);

  async function sort(): Promise<void> {
    while (needsSort()) {
      const [taken, gone] = [pending.length, emptied.length];
      const slots = hashes.full();
      tables = await buildBandTables(hashes.words, slots);
      indexed = slots.length;
      pending = pending.slice(taken);
      hashes.reuse(emptied.slice(0, gone));
      emptied = emptied.slice(gone);
    }
    sorting = null;
  }

  function remove(id: Id): boolean {
    const slot = hashes.remove(id);
    if (slot !== undefined) emptied.push(slot);
    return slot !== undefined;
  }

  return {
    get size() {
      return hashes.size;
    },
    add(id, hash) {
      remove(id);
      pending.push(hashes.add(id, hash));
      if (sorting === null && needsSort()) sorting = sort();
    },
    remove,
    search(hash, maxDistance) {
      writeWords(hash, query, 0);
      const { words, ids, size } = hashes;
      const byDistance: Id[][] = Array.from({ length: maxDistance + 1 }, () => []);
      const distanceOf = (slot: number) => distanceWithin(words, slot * WORDS, query, maxDistance);
      const keep = (slot: number, distance: number) => {
        const id = ids[slot];
        if (id !== undefined) byDistance[distance]?.push(id);
      };
      const reach = bandReach(maxDistance);
      const probes = probeBands(tables, query, changes, { reach, most: size * SCAN_SHARE });
      if (probes === null) {
        for (let slot = 0; slot < ids.length; slot += 1) keep(slot, distanceOf(slot));
      } else {
        for (const { band, start, end } of probes) {
          const { slots } = tables[band] as BandTable;
          for (let n = start; n < end; n += 1) {
            const slot = slots[n] as number;
            const distance = distanceOf(slot);
            if (distance > maxDistance) continue;
            if (!isCloseBefore(band, words, slot * WORDS, query, reach)) keep(slot, distance);
          }
        }
        for (const slot of pending) keep(slot, distanceOf(slot));
      }
      return byDistance.flatMap((found, distance) => found.map((id) => ({ id, distance })));
    },
    async settled() {
      await sorting;
    },
  };
}

const BITS_PER_BAND = 16;

/** Every XOR mask of a band, by how many bits it changes. */
type BandChanges = readonly (readonly number[])[];

function bandChanges(): BandChanges {
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
function bandReach(maxDistance: number): number {
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
function probeBands(
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
function isCloseBefore(
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
