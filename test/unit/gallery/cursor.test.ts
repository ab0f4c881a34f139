import { expect, test } from 'vitest';
import { cursorField, encodeCursor } from '../../../src/gallery/cursor.ts';

const messageSid = `MM${'a1'.repeat(16)}`;
const time = Date.parse('2026-01-31T10:00:00.123Z');
const write = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

test.each([0, 1, 9, 99])('a position comes back as it was (index %i)', (index) => {
  const position = { receivedAt: new Date(time), messageSid, index };
  for (const order of ['newest', 'oldest'] as const) {
    const text = encodeCursor(position, order);
    expect(text).toMatch(/^[\w-]+$/);
    expect(cursorField.parse(text)).toEqual({ ...position, order, page: 'next' });
    const before = encodeCursor(position, order, 'previous');
    expect(cursorField.parse(before)).toEqual({ ...position, order, page: 'previous' });
  }
});

test('a cursor of an earlier version goes on with the newest first', () => {
  expect(cursorField.parse(write([time, messageSid, 0]))).toMatchObject({ order: 'newest' });
});

test.each([
  ['', 'nothing'],
  ['nonsense', 'no JSON'],
  ['%00', 'no base64'],
  [write(null), 'null'],
  [write({ time, messageSid, index: 0 }), 'an object'],
  [write([time, messageSid]), 'too few parts'],
  [write([time, messageSid, 0, 0]), 'too many parts'],
  [write([String(time), messageSid, 0]), 'a time as text'],
  [write([time + 0.5, messageSid, 0]), 'a time between two milliseconds'],
  [write([-1, messageSid, 0]), 'a time before computers'],
  [write([9e15, messageSid, 0]), 'a time after all dates'],
  [write([time, messageSid, 0, 'newest']), 'an order that is not written'],
  [write([time, messageSid, 0, 'newest', 'next']), 'a page that is not written'],
  [write([time, 'MM1', 0]), 'a malformed sid'],
  [write([time, `${messageSid.slice(0, -1)}\0`, 0]), 'a NUL'],
  [write([time, messageSid, -1]), 'a negative index'],
  [write([time, messageSid, 2 ** 31]), 'an index beyond the column'],
  [write([time, messageSid, 0.5]), 'half an index'],
])('%s (%s) is refused', (text) => {
  expect(cursorField.safeParse(text)).toMatchObject({
    success: false,
    error: { issues: [{ message: expect.stringContaining('nextCursor') }] },
  });
});
