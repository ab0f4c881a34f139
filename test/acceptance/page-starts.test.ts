import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CallAs, callAs } from '../support/call-as.ts';
import { startTestInbox, type TestInbox } from '../support/test-inbox.ts';

const STARTS = '/api/v1/media/page-starts';

let inbox: TestInbox;
let asViewer: CallAs;

beforeAll(async () => {
  inbox = await startTestInbox();
  asViewer = await callAs(inbox, 'viewer');
  // Two attachments a message, three messages at the same moment.
  for (let n = 0; n < 12; n += 1) {
    const { body } = await inbox
      .api('post', '/api/v1/media')
      .field({
        from: `+1555000100${n % 2}`,
        receivedAt: `2025-03-0${1 + Math.floor(n / 3)}T10:00:00Z`,
      })
      .attach('files', Buffer.from(`note ${n}`), 'a.txt')
      .attach('files', Buffer.from(`<p>note ${n}</p>`), {
        filename: 'a.html',
        contentType: 'text/html',
      })
      .expect(201);
    const [media] = await inbox.mediaOf(body.messageSid, 'stored');
    if (n % 5 !== 0) continue;
    const decision = `/api/v1/media/${media?.sid}/decision`;
    await inbox.api('post', decision).send({ decision: 'hold' }).expect(200);
  }
});
afterAll(() => inbox.stop());

interface Item {
  sid: string;
  receivedAt: string;
}

async function list(query: string, call: CallAs): Promise<Item[]> {
  return (await call('get', `/api/v1/media?${query}`).expect(200)).body.items;
}

async function starts(query: string, call: CallAs) {
  const items: { cursor: string; receivedAt: string }[] = [];
  for (let cursor = ''; ; ) {
    const { body } = await call('get', `${STARTS}?${query}${cursor}`).expect(200);
    items.push(...body.items);
    if (body.nextCursor === null) return items;
    cursor = `&cursor=${body.nextCursor}`;
  }
}

const filters = [
  '',
  'from=%2B15550001001',
  'contentType=text/html',
  'moderation=visible',
  'receivedAfter=2025-03-02&receivedBefore=2025-03-04',
  'from=%2B15550001001&contentType=text/plain&state=stored',
  'text=nowhere',
];
const cases = filters.flatMap((filter) =>
  ['newest', 'oldest'].flatMap((order) =>
    [1, 2, 5, 12, 200].map((every) => [filter, order, every] as const),
  ),
);

test.each(cases)('%j, %s first: pages of %i make the list', async (filter, order, every) => {
  for (const call of [inbox.api, asViewer]) {
    const all = await list(`${filter}&order=${order}&limit=200`, call);
    const found = await starts(`${filter}&order=${order}&every=${every}&limit=3`, call);
    // None begins a page that is empty.
    expect(found).toHaveLength(Math.max(0, Math.ceil(all.length / every) - 1));
    const pages = await Promise.all(
      ['', ...found.map(({ cursor }) => `&cursor=${cursor}`)].map((cursor) =>
        list(`${filter}&order=${order}&limit=${every}${cursor}`, call),
      ),
    );
    expect(pages.flat()).toEqual(all);
    expect(found.map(({ receivedAt }) => receivedAt)).toEqual(
      found.map((_, n) => all[(n + 1) * every - 1]?.receivedAt),
    );
  }
});

test('viewers have pages of what they see', async () => {
  const counted = async (call: CallAs) => (await starts('every=1', call)).length;
  expect(await counted(inbox.api)).toBe(23);
  expect(await counted(asViewer)).toBe(20);
  const { body } = await asViewer('get', `${STARTS}?moderation=held`).expect(403);
  expect(body.code).toBe('forbidden');
});

test('what it does not take is refused by name', async () => {
  const refused = async (query: string) =>
    (await inbox.api('get', `${STARTS}?${query}`).expect(400)).body.errors;
  expect(await refused('every=0')).toEqual([
    { field: 'every', message: 'a whole number from 1 to 200' },
  ]);
  expect(await refused('every=201')).toMatchObject([{ field: 'every' }]);
  expect(await refused('transcript=word')).toMatchObject([{ field: 'transcript' }]);
  const { body: page } = await inbox.api('get', `${STARTS}?every=1&limit=1`).expect(200);
  expect(await refused(`order=oldest&cursor=${page.nextCursor}`)).toMatchObject([
    { field: 'cursor' },
  ]);
  const { body: second } = await inbox.api(
    'get',
    `/api/v1/media?limit=1&cursor=${page.nextCursor}`,
  );
  expect(await refused(`cursor=${second.previousCursor}`)).toMatchObject([{ field: 'cursor' }]);
});
