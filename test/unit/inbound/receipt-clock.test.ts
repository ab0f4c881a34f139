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
    () => 0,
  );
  return walls.map(() => clock()().getTime() - NOON);
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

test('a request that takes long has its place where it began', () => {
  const walls = [NOON, NOON + 3, NOON + 5, NOON + 5];
  const clock = createReceiptClock(undefined, () => walls.shift() ?? 0);
  const [first, second, third, fourth] = [clock(), clock(), clock(), clock()];
  const taken = [fourth, third, first, second].map((take) => take?.().getTime());
  expect(taken).toEqual([NOON + 5, NOON + 6, NOON, NOON + 3]);
});

test('it has so too while the times are ahead of the clock, which catches up with them', () => {
  let elapsed = 0;
  const clock = createReceiptClock(
    new Date(NOON),
    () => NOON - HOUR + elapsed,
    () => elapsed,
  );
  const slow = clock();
  elapsed = 20;
  expect(clock()()).toEqual(new Date(NOON + 10));
  expect(slow()).toEqual(new Date(NOON + 1));
  elapsed = 40;
  expect(clock()()).toEqual(new Date(NOON + 20));
  elapsed = 2 * HOUR;
  expect(clock()()).toEqual(new Date(NOON + HOUR));
  elapsed = 3 * HOUR;
  expect(clock()()).toEqual(new Date(NOON + 2 * HOUR));
});

test('what is noted and never taken moves no time', () => {
  const clock = createReceiptClock(
    undefined,
    () => NOON,
    () => 0,
  );
  for (let refused = 0; refused < 1000; refused += 1) clock();
  expect([clock()(), clock()()]).toEqual([new Date(NOON), new Date(NOON + 1)]);
});
