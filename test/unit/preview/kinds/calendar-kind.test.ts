import { describe, expect, it } from 'vitest';
import { describeTime, readEvents } from '../../../../src/preview/kinds/calendar-kind.ts';
import type { EventDetails } from '../../../../src/preview/media-details.ts';
import { LINEAR_SECONDS, processorSeconds } from '../../../support/processor-time.ts';

const event = (...lines: string[]) => ['BEGIN:VEVENT', ...lines, 'END:VEVENT', ''].join('\r\n');
const calendar = (...events: string[]) =>
  `BEGIN:VCALENDAR\r\nVERSION:2.0\r\n${events.join('')}END:VCALENDAR\r\n`;
const read = (...lines: string[]) => readEvents(calendar(event(...lines)), 10).events[0];

it.each<[string, string[], Partial<EventDetails>]>([
  [
    'an event in a time zone',
    [
      'UID:1',
      'DTSTART;TZID=Europe/Berlin:20261127T140000',
      'DTEND;TZID=Europe/Berlin:20261127T153000',
      'LOCATION:Room 1\\, first floor',
      'SUMMARY;LANGUAGE=de:Grü',
      ' ße\\naus Köln',
    ],
    {
      summary: 'Grüße aus Köln',
      start: '2026-11-27T14:00:00',
      end: '2026-11-27T15:30:00',
      timeZone: 'Europe/Berlin',
      location: 'Room 1, first floor',
    },
  ],
  [
    'UTC and a duration',
    ['DTSTART:20261127T233000Z', 'DURATION:PT1H'],
    { start: '2026-11-27T23:30:00Z', end: '2026-11-28T00:30:00Z' },
  ],
  [
    'floating time in another order, without an end',
    ['SUMMARY:S', 'DTSTART:20261127T140000'],
    { summary: 'S', start: '2026-11-27T14:00:00' },
  ],
  [
    'whole days',
    ['DTSTART;VALUE=DATE:20261127', 'DTEND;VALUE=DATE:20261129'],
    { start: '2026-11-27', end: '2026-11-29' },
  ],
  ['a day that does not say so', ['DTSTART:20261127'], { start: '2026-11-27' }],
  [
    'a flight: its end counts in a zone that cannot be told',
    ['DTSTART;TZID=Europe/Berlin:20261127T140000', 'DTEND;TZID=America/New_York:20261127T170000'],
    { start: '2026-11-27T14:00:00', timeZone: 'Europe/Berlin' },
  ],
  [
    'an end in UTC',
    ['DTSTART;TZID=Europe/Berlin:20261127T140000', 'DTEND:20261127T150000Z'],
    { start: '2026-11-27T14:00:00', end: '2026-11-27T15:00:00Z', timeZone: 'Europe/Berlin' },
  ],
  [
    'nothing of an alarm',
    ['BEGIN:VALARM', 'SUMMARY:Alarm', 'DURATION:PT5M', 'END:VALARM', 'SUMMARY:S'],
    { summary: 'S' },
  ],
  [
    'one event of a recurrence',
    ['DTSTART:20261127T140000Z', 'RRULE:FREQ=SECONDLY', 'SUMMARY:S'],
    { summary: 'S', start: '2026-11-27T14:00:00Z' },
  ],
  [
    'what malformed lines leave',
    [
      'DTSTART:tomorrow',
      'no colon',
      ';:',
      'DTEND;:',
      'DURATION:PT1H',
      'LOCATION;X="open',
      'SUMMARY:S',
    ],
    { summary: 'S' },
  ],
  [
    'no duration of a million years',
    ['DTSTART:20261127T140000Z', 'DURATION:P99999999999999D'],
    { start: '2026-11-27T14:00:00Z' },
  ],
  [
    'no text that claims to be a date',
    ['SUMMARY;VALUE=DATE-TIME:x', 'LOCATION:L'],
    { location: 'L' },
  ],
  [
    'quoted-printable, as vCalendar 1.0 has it',
    [
      'SUMMARY;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:=50=69=7A=7A=61 =C3=BC=62=65=\r\n=72 M=C3=BC=6E=\r\nchen',
      'LOCATION;QUOTED-PRINTABLE;CHARSET=ISO-8859-1:Caf=E9\\; Stra=DFe=0D=0A1',
    ],
    { summary: 'Pizza über München', location: 'Café; Straße 1' },
  ],
  [
    'quoted-printable that is folded, too',
    [
      'SUMMARY;ENCODING=QUOTED-PRINTABLE:=D0=9F=D1=80=D0=\r\n =B8=D0=B2=D0=\r\n =B5=D1=82',
      'DESCRIPTION;ENCODING=QUOTED-PRINTABLE:SUMMARY:x=\r\nLOCATION:y',
    ],
    { summary: 'Привет' },
  ],
  [
    'UTC offsets',
    ['DTSTART:20220824T154000-0500', 'DTEND:20220824T180900-0500'],
    { start: '2022-08-24T15:40:00-05:00', end: '2022-08-24T18:09:00-05:00' },
  ],
  [
    'the extended format, and a duration after an offset',
    ['DTSTART:2022-08-24T15:40:00+05:30', 'DURATION:PT1H'],
    { start: '2022-08-24T15:40:00+05:30', end: '2022-08-24T16:40:00+05:30' },
  ],
  [
    'an end with another offset than the start',
    ['DTSTART;TZID=Europe/Berlin:20261127T140000', 'DTEND:20261127T090000-0500'],
    {
      start: '2026-11-27T14:00:00',
      end: '2026-11-27T09:00:00-05:00',
      timeZone: 'Europe/Berlin',
    },
  ],
  ['no offset of 99 hours', ['DTSTART:20220824T154000+9900'], {}],
  [
    'no offset that a parameter claims',
    ['DTSTART;X-UTC-OFFSET=x:20261127T140000'],
    { start: '2026-11-27T14:00:00' },
  ],
  ['controls and marks that reverse text', ['SUMMARY:S\0\u202e'], { summary: 'S' }],
  ['a long text', [`SUMMARY:${'x'.repeat(9_000)}`], { summary: `${'x'.repeat(199)}…` }],
])('reads %s', (_, lines, details) => {
  expect(read(...lines)).toEqual({ summary: '', ...details });
});

it.each([
  ['lone CR', '\r'],
  ['LF', '\n'],
])('reads %s line ends', (_, end) => {
  const text = calendar(event('SUMMARY:A', ' B', 'LOCATION:C')).replaceAll('\r\n', end);
  expect(readEvents(text, 10)).toEqual({ count: 1, events: [{ summary: 'AB', location: 'C' }] });
});

it('reads events whose end is missing, and nothing after the calendar', () => {
  const text =
    'BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:A\nBEGIN:VEVENT\nSUMMARY:B\nEND:VCALENDAR\nSUMMARY:C';
  expect(readEvents(text, 10)).toEqual({ count: 2, events: [{ summary: 'A' }, { summary: 'B' }] });
});

it.each(['', 'BEGIN:VCALENDAR', 'END:VEVENT', 'SUMMARY:A', calendar('BEGIN:VTODO\nEND:VTODO\n')])(
  'finds no event in %j',
  (text) => {
    expect(readEvents(text, 10)).toEqual({ count: 0, events: [] });
  },
);

it.each<[string, () => string, number]>([
  ['10,000 events', () => calendar(event('SUMMARY:S').repeat(10_000)), 10_000],
  ['one line', () => `BEGIN:VEVENT\nSUMMARY:${'x'.repeat(100_000_000)}`, 1],
  ['folded lines', () => `BEGIN:VEVENT\nSUMMARY:A${'\n x'.repeat(2_500_000)}`, 1],
  ['soft breaks', () => `BEGIN:VEVENT\nSUMMARY;QUOTED-PRINTABLE:${'=\n'.repeat(4_000_000)}`, 1],
  ['empty lines', () => `BEGIN:VEVENT\n${'\r\n'.repeat(4_000_000)}`, 1],
  ['nested beginnings', () => 'BEGIN:VEVENT\n'.repeat(600_000), 600_000],
  ['other components', () => `BEGIN:VEVENT\n${'BEGIN:X\n'.repeat(1_000_000)}`, 1],
  ['parameters', () => `BEGIN:VEVENT\nSUMMARY${';A="b","c"'.repeat(800_000)}:x`, 1],
])('is linear in the length of %s', (_, make, count) => {
  const text = make();
  let found: ReturnType<typeof readEvents> | undefined;
  const seconds = processorSeconds(() => (found = readEvents(text, 10)));
  expect(found?.count).toBe(count);
  expect(seconds).toBeLessThan(LINEAR_SECONDS);
});

describe('describeTime', () => {
  const timeZone = 'Europe/Berlin';
  it.each<[Omit<EventDetails, 'summary'>, string]>([
    [
      { start: '2026-11-27T14:00:00', end: '2026-11-27T15:30:00', timeZone },
      'Fri 27 Nov 2026, 14:00 – 15:30 (Europe/Berlin)',
    ],
    [
      { start: '2026-11-27T22:00:00Z', end: '2026-11-28T02:00:00Z' },
      'Fri 27 Nov 2026, 22:00 – Sat 28 Nov 2026, 02:00 (UTC)',
    ],
    [
      { start: '2026-11-27T14:00:00', end: '2026-11-27T15:00:00Z', timeZone },
      'Fri 27 Nov 2026, 14:00 – 15:00 UTC (Europe/Berlin)',
    ],
    [{ start: '2026-11-27T14:00:00' }, 'Fri 27 Nov 2026, 14:00'],
    [
      { start: '2022-08-24T15:40:00-05:00', end: '2022-08-24T18:09:00-05:00' },
      'Wed 24 Aug 2022, 15:40 – 18:09 (UTC-05:00)',
    ],
    [
      { start: '2022-08-24T15:40:00-05:00', end: '2022-08-24T23:09:00Z' },
      'Wed 24 Aug 2022, 15:40 – 23:09 UTC (UTC-05:00)',
    ],
    [{ start: '2026-11-27', end: '2026-11-28' }, 'Fri 27 Nov 2026'],
    [{ start: '2026-11-27', end: '2026-11-30' }, 'Fri 27 Nov 2026 – Sun 29 Nov 2026'],
    [{ start: '2026-11-27' }, 'Fri 27 Nov 2026'],
    [{ end: '2026-11-27' }, ''],
  ])('writes %j as %j', (time, words) => {
    expect(describeTime(time)).toBe(words);
  });
});

it.each(['DTSTART;VALUE=DATE:99999999', 'DTSTART;VALUE=DATE:00000000', 'DTSTART:99991399T999999Z'])(
  'leaves out what is no day of the calendar: %s',
  (line) => {
    const text = `BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:x\n${line}\nEND:VEVENT\nEND:VCALENDAR\n`;
    const { events } = readEvents(text, 1);
    expect(events[0]?.start ?? '0000-01-01').toMatch(/^\d{4}-\d\d-\d\d/);
    expect(Number.isNaN(Date.parse(events[0]?.start ?? '2026-01-01'))).toBe(false);
  },
);
