import { expect, it } from 'vitest';
import { parseRetryAfter } from '../../../src/net/retry-after.ts';

const now = new Date('2026-03-01T12:00:00Z');

it.each([
  ['120', 120],
  [' 0 ', 0],
  ['99999999999', 86_400],
  ['Sun, 01 Mar 2026 12:01:30 GMT', 90],
  ['Sun, 01 Mar 2026 11:00:00 GMT', 0],
  ['Fri, 01 Mar 2036 12:00:00 GMT', 86_400],
  ['soon GMT', undefined],
  ['2026-03-01', undefined],
  ['-1', undefined],
  ['1.5', undefined],
  ['', undefined],
  [null, undefined],
])('reads %j as %j seconds', (value, seconds) => {
  expect(parseRetryAfter(value, now)).toBe(seconds);
});
