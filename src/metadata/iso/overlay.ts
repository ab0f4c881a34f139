import type { EditPlan } from '../../files/edit-plan.ts';
import type { ByteReader } from '../byte-reader.ts';
import { createPieceList } from '../piece-list.ts';
import type { Box } from './box.ts';

/** Replaces bytes by as many others: every position that the file names stays right. */
export interface Overlay {
  write(at: number, bytes: Buffer): void;
  zero(at: number, length: number): void;
  /** Makes a box one that readers skip, with nothing in it. */
  free(box: Box): void;
  /**
   * @param end of what is sent; what follows is left out
   * @throws UnstrippableError when the same bytes were replaced twice
   */
  plan(end: number): EditPlan;
}

interface Edit {
  at: number;
  length: number;
  /** Undefined for zeros. */
  bytes?: Buffer;
}

const MAX_EDITS = 100_000;

/** @throws UnstrippableError from its methods when there are too many edits */
export function createOverlay(reader: ByteReader): Overlay {
  const edits: Edit[] = [];

  function add(edit: Edit): void {
    if (edit.length <= 0) return;
    if (edits.length === MAX_EDITS) throw reader.tooManyParts();
    edits.push(edit);
  }

  const zero = (at: number, length: number) => add({ at, length });
  const write = (at: number, bytes: Buffer) =>
    add({ at, length: bytes.length, bytes: Buffer.from(bytes) });

  return {
    write,
    zero,
    free({ at, body, end }) {
      write(at + 4, Buffer.from('free', 'latin1'));
      zero(body, end - body);
    },
    plan(end) {
      const list = createPieceList(reader);
      let position = 0;
      for (const { at, length, bytes } of edits.toSorted((a, b) => a.at - b.at)) {
        // Boxes do not overlap, unless the same one is described twice.
        if (at < position || at + length > end) throw reader.damagedAt(at);
        list.keep(position, at - position);
        if (bytes === undefined) list.zeros(length);
        else list.write(bytes);
        position = at + length;
      }
      list.keep(position, end - position);
      return list.plan();
    },
  };
}
