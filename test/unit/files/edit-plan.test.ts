import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lengthOf, type Piece, piecesWithin } from '../../../src/files/edit-plan.ts';

const file = Buffer.from(Array.from({ length: 100 }, (_, n) => n + 100));

const bytesOf = (pieces: Iterable<Piece>) =>
  Buffer.concat(
    [...pieces].map((piece) => {
      if ('bytes' in piece) return piece.bytes;
      if ('zeros' in piece) return Buffer.alloc(piece.zeros);
      return file.subarray(piece.start, piece.start + piece.length);
    }),
  );

const piece = fc.oneof(
  fc.record({ start: fc.nat(50), length: fc.nat(50) }),
  fc.record({ bytes: fc.uint8Array({ maxLength: 9 }).map((bytes) => Buffer.from(bytes)) }),
  fc.record({ zeros: fc.nat(9) }),
);

test('any range is that part of the whole', () => {
  fc.assert(
    fc.property(fc.array(piece), fc.nat(300), fc.nat(300), (pieces, start, length) => {
      const byteSize = pieces.reduce((sum, one) => sum + lengthOf(one), 0);
      const end = start + length;
      const part = bytesOf(piecesWithin({ byteSize, pieces }, { start, end }));
      expect(part.equals(bytesOf(pieces).subarray(start, end + 1))).toBe(true);
    }),
  );
});
