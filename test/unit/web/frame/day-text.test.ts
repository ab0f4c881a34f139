import { expect, test } from 'vitest';
import { dayText } from '../../../../web/src/frame/day-text.ts';

const now = new Date(2026, 10, 29, 15);

test.each([
  [new Date(2026, 10, 29), 'Today'],
  [new Date(2026, 10, 29, 23, 59), 'Today'],
  [new Date(2026, 10, 28), 'Yesterday'],
  [new Date(2026, 10, 28, 23, 59), 'Yesterday'],
  [new Date(2026, 10, 27), 'Friday, November 27'],
  [new Date(2025, 10, 28), 'Friday, November 28, 2025'],
])('the heading of %s is %s', (day, text) => {
  expect(dayText(day.toISOString(), now)).toBe(text);
});
