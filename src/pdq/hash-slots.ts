import { WORDS, writeWords } from './hash-words.ts';

/** Hashes in numbered slots, from 0, with the id that each belongs to. */
interface HashSlots<Id> {
  /** Slot n has the eight words from `8 * n`; replaced by a larger array when `add` needs more space. */
  readonly words: Uint32Array;
  /** Undefined for an empty slot. */
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
  /** Allows `add` to fill these empty slots. */
  reuse(slots: readonly number[]): void;
  /** The numbers of all full slots. */
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

/** Which slot each id has. */
interface SlotNumbers<Id> {
  readonly size: number;
  set(id: Id, slot: number): void;
  /** @returns the slot that it had */
  take(id: Id): number | undefined;
}

/**
 * Many small maps, sharded by the last two characters of the id. A single map of a million entries
 * doubles its capacity in one step, which blocks the event loop for a tenth of a second.
 */
function createSlotNumbers<Id extends string | number>(): SlotNumbers<Id> {
  const parts = new Map<string, Map<Id, number>>();
  let size = 0;

  function partOf(id: Id): Map<Id, number> {
    const ending = String(id).slice(-2);
    const part = parts.get(ending) ?? new Map<Id, number>();
    parts.set(ending, part);
    return part;
  }

  return {
    get size() {
      return size;
    },
    set(id, slot) {
      const part = partOf(id);
      const before = part.size;
      part.set(id, slot);
      size += part.size - before;
    },
    take(id) {
      const part = partOf(id);
      const slot = part.get(id);
      if (part.delete(id)) size -= 1;
      return slot;
    },
  };
}
