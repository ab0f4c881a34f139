import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hammingDistance } from '../../../src/moderation/pdq/hamming-distance.ts';
import { formatPdq, parsePdq } from '../../../src/moderation/pdq/pdq-text.ts';

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });

/** The same, said with digits. */
function differingDigits(a: Uint8Array, b: Uint8Array): number {
  const binary = (bytes: Uint8Array) => [...bytes].map((byte) => byte.toString(2).padStart(8, '0'));
  const [left, right] = [binary(a).join(''), binary(b).join('')];
  return [...left].filter((digit, n) => digit !== right[n]).length;
}

test('the distance is the number of binary digits that differ', () => {
  fc.assert(fc.property(hash, hash, (a, b) => hammingDistance(a, b) === differingDigits(a, b)));
});

test('it is a metric', () => {
  fc.assert(
    fc.property(hash, hash, hash, (a, b, c) => {
      expect(hammingDistance(a, a)).toBe(0);
      expect(hammingDistance(a, b) === 0).toBe(formatPdq(a) === formatPdq(b));
      expect(hammingDistance(a, b)).toBe(hammingDistance(b, a));
      expect(hammingDistance(a, c)).toBeLessThanOrEqual(
        hammingDistance(a, b) + hammingDistance(b, c),
      );
    }),
  );
});

test('a picture and its negative are as far apart as can be', () => {
  fc.assert(
    fc.property(hash, (a) => {
      const inverse = a.map((byte) => ~byte);
      expect(hammingDistance(a, inverse)).toBe(256);
    }),
  );
});

test('a hash is written and read again', () => {
  fc.assert(
    fc.property(hash, (a) => {
      expect(formatPdq(a)).toMatch(/^[0-9a-f]{64}$/);
      expect(parsePdq(formatPdq(a))).toEqual(a);
      expect(parsePdq(formatPdq(a).toUpperCase())).toEqual(a);
    }),
  );
});

const DIGITS = '0123456789abcdef'.repeat(4);
test.each([
  ['nothing', ''],
  ['one digit less', DIGITS.slice(1)],
  ['one digit more', `${DIGITS}0`],
  ['a letter that is no digit', `g${DIGITS.slice(1)}`],
  ['a blank before', ` ${DIGITS}`],
  ['a line end behind', `${DIGITS}\n`],
  ['a prefix', `0x${DIGITS.slice(2)}`],
  ['full-width digits', DIGITS.replace('0', '０')],
])('text with %s is no hash', (_what, text) => {
  expect(parsePdq(text)).toBeNull();
});
