import { type EditPlan, lengthOf, type Piece } from '../files/edit-plan.ts';
import type { ByteReader } from './byte-reader.ts';

/** Collects what is sent of a file, in order. */
export interface PieceList {
  readonly byteSize: number;
  /** Bytes of the file. */
  keep(start: number, length: number): void;
  /** Other bytes, which are copied. */
  write(bytes: Buffer): void;
  zeros(length: number): void;
  append(plan: EditPlan): void;
  plan(): EditPlan;
}

/** They are in memory while they are sent. */
const MAX_PIECES = 100_000;

/** @throws UnstrippableError from its methods when there are too many pieces */
export function createPieceList(reader: Pick<ByteReader, 'tooManyParts'>): PieceList {
  const pieces: Piece[] = [];
  let byteSize = 0;

  function add(piece: Piece): void {
    const length = lengthOf(piece);
    if (length === 0) return;
    byteSize += length;
    const last = pieces.at(-1);
    if (last !== undefined && 'start' in last && 'start' in piece) {
      if (last.start + last.length === piece.start) {
        pieces[pieces.length - 1] = { start: last.start, length: last.length + length };
        return;
      }
    }
    if (pieces.length === MAX_PIECES) throw reader.tooManyParts();
    pieces.push(piece);
  }

  return {
    get byteSize() {
      return byteSize;
    },
    keep: (start, length) => add({ start, length }),
    write: (bytes) => add({ bytes: Buffer.from(bytes) }),
    zeros: (length) => add({ zeros: length }),
    append: (plan) => plan.pieces.forEach(add),
    plan: () => ({ byteSize, pieces }),
  };
}
