import { expect, test } from 'vitest';
import { agoText } from '../../../../web/src/desk/waiting-time.ts';

const NOW = Date.parse('2026-11-29T12:00:00.000Z');

test.each([
  ['2026-11-29T11:59:01.000Z', 'a moment'],
  ['2026-11-29T11:59:00.000Z', '1 minute'],
  ['2026-11-29T11:00:01.000Z', '59 minutes'],
  ['2026-11-29T09:00:00.000Z', '3 hours'],
  ['2026-11-27T12:00:00.000Z', '2 days'],
  ['2023-11-29T12:00:00.000Z', '1,096 days'],
  // The clock of the server is ahead.
  ['2026-11-29T12:00:30.000Z', 'a moment'],
])('what has waited since %s: %s', (at, text) => {
  expect(agoText(at, NOW)).toBe(text);
});
