import { describe, expect, it } from 'vitest';
import { clockTime, fileSize, singleLine } from '../../../../src/preview/kinds/format-text.ts';

describe('singleLine', () => {
  it.each([
    ['a\r\nb\tc\u0007d\u2028e', 'a b c d e'],
    ['  indented  ', '  indented'],
    ['a\u202egpj.exe\u2066!', 'agpj.exe!'],
    ['👨‍👩‍👧', '👨‍👩‍👧'],
    ['abcdefghijkl', 'abcdefghi…'],
    ['abcdefgh😀kl', 'abcdefgh…'],
    ['\u202e'.repeat(1_000), ''],
    // Cut in the middle of a pair, which no database keeps.
    [`A${'\u200e'.repeat(38)}😀`, 'A\ufffd'],
  ])('shows %j as %j', (text, shown) => {
    expect(singleLine(text, 10)).toBe(shown);
  });
});

it.each([
  [0, '0:00'],
  [7.4, '0:07'],
  [59.6, '1:00'],
  [750, '12:30'],
  [3723, '1:02:03'],
  [36_000, '10:00:00'],
])('%d seconds are %s', (seconds, shown) => {
  expect(clockTime(seconds)).toBe(shown);
});

it.each([
  [0, '0 bytes'],
  [999, '999 bytes'],
  [1400, '1.4 kB'],
  [104_857_600, '105 MB'],
  [5e12, '5000 GB'],
])('%d bytes are %s', (bytes, shown) => {
  expect(fileSize(bytes)).toBe(shown);
});
