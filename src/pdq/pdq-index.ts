import { type BandTable, buildBandTables } from './band-tables.ts';
import { createHashSlots } from './hash-slots.ts';
import { distanceWithin, WORDS, writeWords } from './hash-words.ts';
import { bandChanges, bandReach, isCloseBefore, probeBands } from './probe-bands.ts';

export interface PdqMatch<Id> {
  id: Id;
  /** In how many of 256 bits the hashes differ. */
  distance: number;
}

/** PDQ hashes in memory, to be found by others that are close. */
export interface PdqIndex<Id> {
  readonly size: number;
  /** @param hash 32 bytes, in place of the one that the id had before */
  add(id: Id, hash: Uint8Array): void;
  /** @returns whether it was there */
  remove(id: Id): boolean;
  /** All within a distance (31 is what programmes that share hashes recommend), nearest first. */
  search(hash: Uint8Array, maxDistance: number): PdqMatch<Id>[];
  /** Resolves when nothing is being sorted; searches find everything before, too, only slower. */
  settled(): Promise<void>;
}

// What was added since the tables were built is looked through one by one, until it is so much.
const MIN_PENDING = 4096;
const PENDING_SHARE = 1 / 8;
// Reading in order is that much faster than jumping from candidate to candidate.
const SCAN_SHARE = 1 / 4;

/**
 * Multi-index hashing [Norouzi, Punjani, Fleet: Fast Search in Hamming Space with Multi-Index
 * Hashing, 2012] over 16 bands. Where many hashes share the value of a band, and wherever else the
 * tables would give too many candidates, it looks through all hashes in order instead.
 */
export function createPdqIndex<Id extends string | number>(): PdqIndex<Id> {
  const hashes = createHashSlots<Id>();
  const changes = bandChanges();
  const query = new Uint32Array(WORDS);
  let tables: readonly BandTable[] = [];
  let indexed = 0;
  /** In no table yet. */
  let pending: number[] = [];
  /** Emptied, but perhaps in a table. */
  let emptied: number[] = [];
  let sorting: Promise<void> | null = null;

  const isTooMuchPending = () => pending.length > Math.max(MIN_PENDING, indexed * PENDING_SHARE);

  async function sort(): Promise<void> {
    while (isTooMuchPending()) {
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
      if (sorting === null && isTooMuchPending()) sorting = sort();
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
