import { WORDS, writeWords } from './hash-words.ts';
import { createSlotNumbers } from './slot-numbers.ts';

/** Hashes in slots that are numbered from 0, and whose each is. */
export interface HashSlots<Id> {
  /** Slot n has the eight words from `8 * n`; another array after an `add` that needs more room. */
  readonly words: Uint32Array;
  /** Undefined for a slot that is empty. */
  readonly ids: readonly (Id | undefined)[];
  /** How many slots are full. */
  readonly size: number;
  /** @returns the slot */
  add(id: Id, hash: Uint8Array): number;
  /**
   * Empties a slot, which is used again only after `reuse`.
   *
   * @returns the slot; undefined for an unknown id
   */
  remove(id: Id): number | undefined;
  /** Lets empty slots be filled again. */
  reuse(slots: readonly number[]): void;
  /** Those that are full. */
  full(): Uint32Array;
}

const FIRST_CAPACITY = 1024;

export function createHashSlots<Id extends string | number>(): HashSlots<Id> {
  let words = new Uint32Array(FIRST_CAPACITY * WORDS);
  const ids: (Id | undefined)[] = [];
  const numbers = createSlotNumbers<Id>();
  let free: number[] = [];

  return {
    get words() {
      return words;
    },
    ids,
    get size() {
      return numbers.size;
    },
    add(id, hash) {
      const slot = free.pop() ?? ids.length;
      if ((slot + 1) * WORDS > words.length) {
        const more = new Uint32Array(words.length * 2);
        more.set(words);
        words = more;
      }
      writeWords(hash, words, slot * WORDS);
      ids[slot] = id;
      numbers.set(id, slot);
      return slot;
    },
    remove(id) {
      const slot = numbers.take(id);
      if (slot !== undefined) ids[slot] = undefined;
      return slot;
    },
    reuse(slots) {
      free = free.concat(slots);
    },
    full() {
      const slots = new Uint32Array(numbers.size);
      let to = 0;
      for (let slot = 0; slot < ids.length; slot += 1) {
        if (ids[slot] !== undefined) slots[to++] = slot;
      }
      return slots;
    },
  };
}
