import fc from 'fast-check';
import { expect, test } from 'vitest';
import { distanceWithin, WORDS, writeWords } from '../../../src/pdq/hash-words.ts';
import { formatPdq } from '../../../src/pdq/pdq-hash.ts';
import { bitsApart } from '../../support/bits-apart.ts';

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });

function wordsOf(bytes: Uint8Array): Uint32Array {
  const words = new Uint32Array(WORDS);
  writeWords(bytes, words, 0);
  return words;
}

const distance = (a: Uint8Array, b: Uint8Array, most = 256) =>
  distanceWithin(wordsOf(a), 0, wordsOf(b), most);

test('the distance is the number of binary digits that differ', () => {
  fc.assert(fc.property(hash, hash, (a, b) => distance(a, b) === bitsApart(a, b)));
});

test('what is further apart than is asked for is told as further apart', () => {
  fc.assert(
    fc.property(hash, hash, fc.integer({ min: 0, max: 256 }), (a, b, most) => {
      const apart = bitsApart(a, b);
      if (apart <= most) expect(distance(a, b, most)).toBe(apart);
      else expect(distance(a, b, most)).toBeGreaterThan(most);
    }),
  );
});

test('a picture and its negative are as far apart as can be', () => {
  fc.assert(
    fc.property(hash, (a) => {
      const inverse = a.map((byte) => ~byte);
      expect(distance(a, inverse)).toBe(256);
      expect(distance(a, a)).toBe(0);
    }),
  );
});

test('hashes stand one behind the other, and each is found at its place', () => {
  fc.assert(
    fc.property(hash, hash, hash, (a, b, query) => {
      const words = new Uint32Array(2 * WORDS);
      writeWords(a, words, 0);
      writeWords(b, words, WORDS);
      expect(distanceWithin(words, WORDS, wordsOf(query), 256)).toBe(bitsApart(b, query));
    }),
  );
});

test('a hash is written as 64 digits, which say the same', () => {
  fc.assert(
    fc.property(hash, (a) => {
      expect(formatPdq(a)).toMatch(/^[0-9a-f]{64}$/);
      expect(Uint8Array.from(Buffer.from(formatPdq(a), 'hex'))).toEqual(a);
    }),
  );
});
