import { expect, test } from 'vitest';
import { readMessagePage } from '../../../src/reconciliation/message-page.ts';

const AC = `AC${'1'.repeat(32)}`;
const message = (more: object = {}) => ({
  sid: `MM${'2'.repeat(32)}`,
  direction: 'inbound',
  num_media: '1',
  from: '+15550000001',
  to: '+15550000002',
  body: 'hi',
  date_created: 'Tue, 24 Nov 2026 12:00:00 +0000',
  date_sent: 'Tue, 24 Nov 2026 12:00:01 +0000',
  ...more,
});
const read = (...messages: unknown[]) => readMessagePage(AC, { messages, next_page_uri: null });

test('a message is dated as it was sent, or else as it was made', () => {
  expect(read(message()).messages[0]?.sentAt).toEqual(new Date('2026-11-24T12:00:01Z'));
  const page = read(message({ date_sent: null }));
  expect(page.messages[0]?.sentAt).toEqual(new Date('2026-11-24T12:00:00Z'));
  expect(page).toMatchObject({ unreadable: 0, next: null, reachedAt: page.messages[0]?.sentAt });
});

test('messages of one second keep the order of the list, newest first', () => {
  const sids = ['a', 'b', 'c'].map((digit) => `MM${digit.repeat(32)}`);
  const { messages } = read(...sids.map((sid) => message({ sid })));
  expect(messages.map(({ sid, sentAt }) => [sid, sentAt.toISOString()])).toEqual([
    [sids[0], '2026-11-24T12:00:01.002Z'],
    [sids[1], '2026-11-24T12:00:01.001Z'],
    [sids[2], '2026-11-24T12:00:01.000Z'],
  ]);
});

test.each([
  { num_media: '0' },
  { num_media: 0 },
  { num_media: null },
  { direction: 'outbound-api' },
  { direction: 'outbound-reply' },
])('%j is not wanted', (more) => {
  expect(read(message(more))).toMatchObject({ messages: [], unreadable: 0 });
});

test('the time reached counts what is not wanted, too', () => {
  const old = message({ num_media: '0', date_sent: 'Mon, 23 Nov 2026 12:00:00 +0000' });
  expect(read(message(), old).reachedAt).toEqual(new Date('2026-11-23T12:00:00Z'));
  expect(read().reachedAt).toBeNull();
});

test.each([{ sid: 'MM1' }, { sid: '../x' }, { date_created: 'soon' }, { body: 7 }])(
  'one that is broken (%j) leaves the others readable',
  (more) => {
    const page = read(message(more), message());
    expect([page.messages.length, page.unreadable]).toEqual([1, 1]);
  },
);

test.each([
  null,
  [],
  {},
  { messages: 'none' },
  { messages: [], next_page_uri: 'https://x.example' },
])('%j is no page', (json) => {
  expect(() => readMessagePage(AC, json)).toThrow(AC);
});
