import { expect, test } from 'vitest';
import { formatEventTime } from '../../../../web/src/viewer/event-time.ts';

// Narrow spaces and dashes are of the language data.
const plain = (text: string) => text.replaceAll(/[\u2009\u202f]/g, ' ').replaceAll('–', '-');

test.each([
  [
    'an hour',
    { start: '2026-07-15T12:30', end: '2026-07-15T14:00' },
    /^Wednesday, July 15, 2026.* 12:30 - 2:00 PM$/,
  ],
  [
    'one that is bound to a place',
    { start: '2026-07-15T12:30', timeZone: 'Europe/Berlin' },
    /12:30 PM \(Europe\/Berlin\)$/,
  ],
  ['a day', { start: '2026-07-15', end: '2026-07-16' }, /^Wednesday, July 15, 2026$/],
  ['several days', { start: '2026-07-15', end: '2026-07-18' }, /July 15 - .*July 17, 2026$/],
  ['an end before the start', { start: '2026-07-15T12:30', end: '2026-07-14T12:30' }, /12:30 PM$/],
  ['no time at all', { start: 'soon' }, /^soon$/],
])('%s', (_, event, expected) => {
  expect(plain(formatEventTime(event))).toMatch(expected);
});

test('an instant is shown as the reader’s clock has it', () => {
  const start = '2026-07-15T12:30:00Z';
  const local = new Intl.DateTimeFormat('en', { timeStyle: 'short' }).format(new Date(start));
  expect(formatEventTime({ start, timeZone: 'Europe/Berlin' })).toContain(local);
  expect(formatEventTime({ start, timeZone: 'Europe/Berlin' })).not.toContain('Berlin');
});
