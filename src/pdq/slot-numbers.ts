/** Which slot each id has. */
export interface SlotNumbers<Id> {
  readonly size: number;
  set(id: Id, slot: number): void;
  /** @returns the slot that it had */
  take(id: Id): number | undefined;
}

/**
 * Many small maps, by the last two characters of the id. One map of a million doubles its room in one
 * go, and the process answers nobody for a tenth of a second meanwhile.
 */
export function createSlotNumbers<Id extends string | number>(): SlotNumbers<Id> {
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
