import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CallAs, callAs } from '../support/call-as.ts';
import { startTestInbox, type TestInbox } from '../support/test-inbox.ts';

const BUCKETS = '/api/v1/media/buckets';

let inbox: TestInbox;
let asViewer: CallAs;
let sids: string[];

/** Around March 30 and October 26, the days on which clocks are changed in Europe. */
const RECEIVED = [
  '2025-03-29T22:59:59.999Z',
  '2025-03-29T23:00:00.000Z',
  '2025-03-30T21:59:59.999Z',
  '2025-03-30T22:00:00.000Z',
  '2025-10-25T21:59:59.999Z',
  '2025-10-25T22:00:00.000Z',
  '2025-10-26T00:30:00.000Z',
  '2025-10-26T22:59:59.999Z',
  '2025-10-26T23:00:00.000Z',
];

beforeAll(async () => {
  inbox = await startTestInbox();
  asViewer = await callAs(inbox, 'viewer');
  sids = [];
  for (const [n, receivedAt] of RECEIVED.entries()) {
    const { body } = await inbox
      .api('post', '/api/v1/media')
      .field({ from: `+1555000100${n % 2}`, receivedAt })
      .attach('files', Buffer.from(`note ${n}`), 'a.txt')
      .expect(201);
    await inbox.mediaOf(body.messageSid, 'stored');
    sids.push(body.items[0].sid);
  }
});
afterAll(() => inbox.stop());

interface Bucket {
  from: string;
  to: string;
  count: number;
}

/** Every bucket of a query, page by page. */
async function buckets(query: Record<string, string>, call: CallAs = inbox.api): Promise<Bucket[]> {
  const items: Bucket[] = [];
  for (let cursor = {}; ; ) {
    const page = new URLSearchParams({ ...query, ...cursor });
    const { body } = await call('get', `${BUCKETS}?${page}`).expect(200);
    items.push(...body.items);
    if (body.nextCursor === null) return items;
    expect(body.items).not.toEqual([]);
    cursor = { cursor: body.nextCursor };
  }
}

const shown = (items: Bucket[]) => items.map(({ from, to, count }) => [from, to, count]);

test('days of UTC, the newest first', async () => {
  expect(shown(await buckets({}))).toEqual([
    ['2025-10-26T00:00:00.000Z', '2025-10-27T00:00:00.000Z', 3],
    ['2025-10-25T00:00:00.000Z', '2025-10-26T00:00:00.000Z', 2],
    ['2025-03-30T00:00:00.000Z', '2025-03-31T00:00:00.000Z', 2],
    ['2025-03-29T00:00:00.000Z', '2025-03-30T00:00:00.000Z', 2],
  ]);
});

test.each(['1', '2', '400'])('days of 23 and 25 hours, %s to a page', async (limit) => {
  const days = [
    ['2025-03-28T23:00:00.000Z', '2025-03-29T23:00:00.000Z', 1],
    ['2025-03-29T23:00:00.000Z', '2025-03-30T22:00:00.000Z', 2],
    ['2025-03-30T22:00:00.000Z', '2025-03-31T22:00:00.000Z', 1],
    ['2025-10-24T22:00:00.000Z', '2025-10-25T22:00:00.000Z', 1],
    ['2025-10-25T22:00:00.000Z', '2025-10-26T23:00:00.000Z', 3],
    ['2025-10-26T23:00:00.000Z', '2025-10-27T23:00:00.000Z', 1],
  ];
  const query = { timeZone: 'Europe/Berlin', limit };
  expect(shown(await buckets({ ...query, order: 'oldest' }))).toEqual(days);
  expect(shown(await buckets(query))).toEqual(days.toReversed());
});

test('months begin at midnight of the time zone', async () => {
  expect(shown(await buckets({ unit: 'month', timeZone: 'Asia/Kathmandu', limit: '1' }))).toEqual([
    ['2025-09-30T18:15:00.000Z', '2025-10-31T18:15:00.000Z', 5],
    ['2025-02-28T18:15:00.000Z', '2025-03-31T18:15:00.000Z', 4],
  ]);
});

test('a day begins at the first of two midnights', async () => {
  // The Azores set their clocks back from 1:00 to 0:00.
  const [day] = await buckets({ timeZone: 'Atlantic/Azores' });
  expect(day).toEqual({
    from: '2025-10-26T00:00:00.000Z',
    to: '2025-10-27T01:00:00.000Z',
    count: 3,
  });
});

test('a bucket counts what the list has between its bounds, with the same filters', async () => {
  for (const filter of [{}, { from: '+15550001001' }, { contentType: 'text/' }]) {
    for (const { from, to, count } of await buckets({ ...filter, timeZone: 'Europe/Berlin' })) {
      const query = new URLSearchParams({ ...filter, receivedAfter: from, receivedBefore: to });
      const { body } = await inbox.api('get', `/api/v1/media?${query}`).expect(200);
      expect(body.items).toHaveLength(count);
    }
  }
  expect(await buckets({ from: '+19990000000' })).toEqual([]);
  const query = { receivedAfter: '2025-10-25T22:00:00Z', receivedBefore: '2025-10-26T22:00:00Z' };
  expect(shown(await buckets(query))).toEqual([
    ['2025-10-26T00:00:00.000Z', '2025-10-27T00:00:00.000Z', 1],
    ['2025-10-25T00:00:00.000Z', '2025-10-26T00:00:00.000Z', 1],
  ]);
});

test('what is held back is counted for moderators only, and what is deleted for nobody', async () => {
  const [held, deleted] = sids;
  const counted = async (call: CallAs, query = {}) =>
    (await buckets({ unit: 'month', order: 'oldest', ...query }, call)).map(({ count }) => count);
  await inbox.api('post', `/api/v1/media/${held}/decision`).send({ decision: 'hold' }).expect(200);
  expect(await counted(asViewer)).toEqual([3, 5]);
  expect(await counted(inbox.api)).toEqual([4, 5]);
  expect(await counted(inbox.api, { moderation: 'held' })).toEqual([1]);
  await inbox.api('delete', `/api/v1/media/${deleted}`).expect(204);
  expect(await counted(asViewer)).toEqual([2, 5]);
  expect(await counted(inbox.api)).toEqual([3, 5]);
  expect(await counted(inbox.api, { state: 'deleted' })).toEqual([1]);
  const { body } = await asViewer('get', `${BUCKETS}?moderation=held`).expect(403);
  expect(body.code).toBe('forbidden');
});

test('what it does not take is refused by name', async () => {
  const zone = 'the IANA name of a time zone, such as Europe/Berlin';
  const refused = async (query: string) =>
    (await inbox.api('get', `${BUCKETS}?${query}`).expect(400)).body.errors;
  for (const name of ['Europe/Bonn', '%2B01:00', '', "'", 'UTC%00']) {
    expect(await refused(`timeZone=${name}`)).toEqual([{ field: 'timeZone', message: zone }]);
  }
  expect(await refused('unit=week')).toEqual([{ field: 'unit', message: 'day or month' }]);
  const { body } = await inbox.api('get', `${BUCKETS}?limit=1`).expect(200);
  for (const other of ['unit=month', 'order=oldest', 'timeZone=Europe/Berlin']) {
    expect(await refused(`${other}&cursor=${body.nextCursor}`)).toMatchObject([
      { field: 'cursor' },
    ]);
  }
});
