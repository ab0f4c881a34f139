import { expect, test } from 'vitest';
import { AppError } from '../../../src/errors/app-error.ts';
import { type DateBounds, readDateFilter } from '../../../src/twilio-api/date-filter.ts';

const read = (query: string, name: 'DateCreated' | 'DateSent' = 'DateCreated') =>
  readDateFilter(new URLSearchParams(query), name);
const midnight = new Date('2026-01-31T00:00:00Z');
const nextMidnight = new Date('2026-02-01T00:00:00Z');
const noon = new Date('2026-01-31T12:30:15Z');

const rows: [string, DateBounds][] = [
  ['', {}],
  ['PageSize=3&Page=1', {}],
  ['DateCreated=2026-01-31', { gte: midnight, lt: nextMidnight }],
  ['DateCreated%3D2026-01-31', { gte: midnight, lt: nextMidnight }],
  ['DateCreated<=2026-01-31', { lte: midnight }],
  ['DateCreated>=2026-01-31', { gte: midnight }],
  ['DateCreated<2026-01-31', { lt: midnight }],
  ['DateCreated>2026-01-31', { gt: midnight }],
  ['DateCreated%3C=2026-01-31', { lte: midnight }],
  ['DateCreated%3E=2026-01-31', { gte: midnight }],
  ['DateCreated%3C%3D2026-01-31', { lte: midnight }],
  ['DateCreated%3E%3D2026-01-31', { gte: midnight }],
  ['DateCreated%3C2026-01-31', { lt: midnight }],
  ['DateCreated%3E2026-01-31', { gt: midnight }],
  ['DateCreated>=2026-01-31&DateCreated<=2026-02-01', { gte: midnight, lte: nextMidnight }],
  // Every comparison holds, in whatever order: the tightest bound of each kind is left.
  ['DateCreated>=2026-01-31&DateCreated>=2020-01-01', { gte: midnight }],
  ['DateCreated>=2020-01-01&DateCreated>=2026-01-31', { gte: midnight }],
  ['DateCreated<=2026-01-31&DateCreated<=2030-01-01', { lte: midnight }],
  ['DateCreated<=2030-01-01&DateCreated<=2026-01-31', { lte: midnight }],
  ['DateCreated>2026-01-31&DateCreated>2020-01-01', { gt: midnight }],
  ['DateCreated<2026-01-31&DateCreated<2030-01-01', { lt: midnight }],
  ['DateCreated=2026-01-31&DateCreated<2030-01-01', { gte: midnight, lt: nextMidnight }],
  ['DateCreated<2026-01-31&DateCreated=2026-01-31', { gte: midnight, lt: midnight }],
  [
    'DateCreated=2026-01-31&DateCreated>=2026-01-31T12:30:15Z&DateCreated<=2026-02-05',
    { gte: noon, lt: nextMidnight, lte: new Date('2026-02-05T00:00:00Z') },
  ],
  ['DateCreated>2026-01-31&DateCreated>=2026-01-31T12:30:15Z', { gt: midnight, gte: noon }],
  ['DateCreated=2026-01-31&DateCreated=2026-02-01', { gte: nextMidnight, lt: nextMidnight }],
  // Helper libraries: a date-time in UTC, whole seconds, encoded.
  ['DateCreated=2026-01-31T12%3A30%3A15Z', { gte: midnight, lt: nextMidnight }],
  ['DateCreated%3C=2026-01-31T12%3A30%3A15Z', { lte: noon }],
  ['DateCreated%3E=2026-01-31T12:30:15Z', { gte: noon }],
  ['DateCreated>=2026-01-31T12:30:15.000Z', { gte: noon }],
  ['DateCreated>=2026-01-31T13:30:15%2B01:00', { gte: noon }],
  ['DateCreated>=2026-01-31T13:30:15+01:00', { gte: noon }],
  ['DateCreated>=2026-01-31T13:30:15%2B0100', { gte: noon }],
  ['DateCreated>=2026-01-31T07:30:15-05:00', { gte: noon }],
  ['DateCreated>=2026-01-31T12:30Z', { gte: new Date('2026-01-31T12:30:00Z') }],
  ['DateCreated=2026-02-01T01:00:00%2B02:00', { gte: midnight, lt: nextMidnight }],
  ['DateCreated>=2024-02-29', { gte: new Date('2024-02-29T00:00:00Z') }],
  // The library for Java leaves the Z away.
  ['DateCreated%3E=2026-01-31T12%3A30%3A15', { gte: noon }],
  ['DateCreated=2026-01-31T12:30:15', { gte: midnight, lt: nextMidnight }],
  // Nothing to compare with is no filter, nor is another name.
  ['DateCreated=&DateCreated<=&DateCreated%3E=', {}],
  ['DateCreatedOn=2026-01-31&DateSent=2026-01-31', {}],
  ['DateCreated', {}],
];

test.each(rows)('%s', (query, bounds) => {
  expect(read(query)).toEqual(bounds);
});

test.each<[string, DateBounds]>([
  ['DateSent=2026-01-31', { gte: midnight, lt: nextMidnight }],
  ['DateSent<=2026-01-31', { lt: nextMidnight }],
  ['DateSent%3C%3D2026-01-31', { lt: nextMidnight }],
  ['DateSent>=2026-01-31', { gte: midnight }],
  ['DateSent<2026-01-31', { lt: midnight }],
  ['DateSent>2026-01-31', { gte: nextMidnight }],
  ['DateSent<=2026-01-31T12:30:15Z', { lte: noon }],
  ['DateSent>2026-01-31T12:30:15Z', { gt: noon }],
  ['DateSent=2026-01-31T12:30:15Z', { gte: midnight, lt: nextMidnight }],
])('of messages a date is its whole day: %s', (query, bounds) => {
  expect(read(query, 'DateSent')).toEqual(bounds);
});

test('the name is the one that is asked for', () => {
  expect(read('DateSent>=2026-01-31&DateCreated>=2020-01-01', 'DateSent')).toEqual({
    gte: midnight,
  });
});

test.each([
  'yesterday',
  '2026-02-30',
  '2026-02-29',
  '2026-00-10',
  '2026-13-01',
  '2026-1-1',
  '20260131',
  '31.01.2026',
  '2026-01-31T',
  '2026-01-31T25:00:00Z',
  '2026-01-31T12:60:00Z',
  '2026-02-30T12:00:00Z',
  '2026-01-31T12:00:00+99:99',
  '0000-01-01',
  '0001-01-01T00:00:00+01:00',
  '9999-12-31',
  '9999-12-31T23:59:59-01:00',
  '+012026-01-01T00:00:00Z',
  '-000001-01-01T00:00:00Z',
  '2026-01-31%00',
  'NaN',
  '1770000000',
  '=2026-01-31',
])('%s is no date, compared or not', (date) => {
  for (const comparison of ['=', '<=', '>=', '<', '>', '%3C=', '%3E%3D']) {
    let thrown: unknown;
    try {
      read(`DateCreated${comparison}${date}`);
    } catch (error) {
      thrown = error;
    }
    // `<` and a value that begins with `=` are `<=`.
    if (thrown === undefined && date.startsWith('=') && /[<>]$/.test(comparison)) continue;
    expect([comparison, thrown]).toEqual([comparison, expect.any(AppError)]);
    expect(thrown).toMatchObject({ code: 'invalid_request', fields: [{ field: 'DateCreated' }] });
  }
});
