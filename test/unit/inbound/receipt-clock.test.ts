import { expect, test } from 'vitest';
import { createReceiptClock } from '../../../src/inbound/receipt-clock.ts';

const HOUR = 3_600_000;
const NOON = Date.parse('2026-11-24T12:00:00Z');

/** What a clock gives when the wall clock says these times, one after the other; relative to noon. */
function receipts(walls: number[], newest?: number): number[] {
  const times = walls.map((wall) => NOON + wall);
  const clock = createReceiptClock(
    newest === undefined ? undefined : new Date(NOON + newest),
    () => times.shift() ?? 0,
  );
  return walls.map(() => clock().getTime() - NOON);
}

test.each<[string, number[], number[]]>([
  ['goes on', [0, 5, 9], [0, 5, 9]],
  ['stands still for a burst', [0, 0, 0, 5], [0, 1, 2, 5]],
  ['is set back an hour', [0, -HOUR, -HOUR + 7, 3], [0, 1, 2, 3]],
  ['is set ahead a day, and back again', [0, 24 * HOUR, 9], [0, 24 * HOUR, 24 * HOUR + 1]],
  ['was a year ahead', [0, 8760 * HOUR, 9, 10], [0, 8760 * HOUR, 9, 10]],
])('the order of arrival stays when the clock %s', (_what, walls, expected) => {
  expect(receipts(walls)).toEqual(expected);
});

test('a process goes on after the last one, though the clock was set back meanwhile', () => {
  expect(receipts([-HOUR, -HOUR + 2], 0)).toEqual([1, 2]);
  expect(receipts([HOUR], 0)).toEqual([HOUR]);
  expect(receipts([0], 8760 * HOUR)).toEqual([0]);
});
