/** A part of a file that is sent: bytes of the stored file, other bytes, or so many zeros. */
export type Piece =
  | { readonly start: number; readonly length: number }
  | { readonly bytes: Buffer }
  | { readonly zeros: number };

/** How a file that is sent is made from the stored one, which stays as it is. */
export interface EditPlan {
  /** Of what is sent, in bytes: the sum of all pieces. */
  byteSize: number;
  pieces: readonly Piece[];
}

/** The file as it is stored. */
export function wholeFile(byteSize: number): EditPlan {
  return { byteSize, pieces: [{ start: 0, length: byteSize }] };
}

/** In bytes. */
export function lengthOf(piece: Piece): number {
  if ('start' in piece) return piece.length;
  return 'bytes' in piece ? piece.bytes.length : piece.zeros;
}

/**
 * The pieces of one range of what is sent.
 *
 * @param range its first and last byte, counted from 0
 */
export function* piecesWithin(
  { pieces }: EditPlan,
  range: { start: number; end: number },
): Generator<Piece> {
  let position = 0;
  for (const piece of pieces) {
    const length = lengthOf(piece);
    const from = Math.max(0, range.start - position);
    const to = Math.min(length, range.end + 1 - position);
    if (from < to) yield part(piece, from, to);
    position += length;
    if (position > range.end) return;
  }
}

function part(piece: Piece, from: number, to: number): Piece {
  if ('start' in piece) return { start: piece.start + from, length: to - from };
  return 'bytes' in piece ? { bytes: piece.bytes.subarray(from, to) } : { zeros: to - from };
}
