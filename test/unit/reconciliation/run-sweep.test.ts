import { expect, test } from 'vitest';
import { isSwept, sweepSince } from '../../../src/reconciliation/run-sweep.ts';

const now = new Date('2026-11-24T12:00:00Z');

test.each<[string, string | null, string]>([
  ['never', null, '2026-11-23T12:00:00Z'],
  ['an hour ago', '2026-11-24T11:00:00Z', '2026-11-23T12:00:00Z'],
  ['a day ago', '2026-11-23T12:00:00Z', '2026-11-23T11:45:00Z'],
  ['a week ago', '2026-11-17T12:00:00Z', '2026-11-17T11:45:00Z'],
  ['a year ago', '2025-11-24T12:00:00Z', '2026-10-25T12:00:00Z'],
  // The clock was set back: nobody knows how long ago that was.
  ['in the future', '2027-01-01T00:00:00Z', '2026-10-25T12:00:00Z'],
  ['by a clock a little ahead', '2026-11-24T12:05:00Z', '2026-11-23T12:00:00Z'],
])('swept %s', (_when, sweptUntil, since) => {
  const last = sweptUntil === null ? null : new Date(sweptUntil);
  expect(sweepSince(now, last)).toEqual(new Date(since));
});

test.each<[string, string, boolean]>([
  ['before it fell due', '2026-11-24T10:59:00Z', false],
  ['since it fell due', '2026-11-24T11:30:00Z', true],
  ['by a clock a little ahead', '2026-11-24T12:05:00Z', true],
  ['before the clock was set back a day', '2026-11-25T11:00:00Z', false],
])('a sweep due an hour ago, swept %s', (_when, sweptUntil, expected) => {
  expect(isSwept(now, new Date('2026-11-24T11:00:00Z'), new Date(sweptUntil))).toBe(expected);
});
