import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MediaItem } from '../../src/gallery/item-schemas.ts';
import { note } from '../support/reconciliation.ts';
import { startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox();
  for (let n = 0; n < 5; n += 1) await inbox.receive({ attachments: [note(), note()] });
});
afterAll(() => inbox.stop());

type Item = Pick<MediaItem, 'sid' | 'messageSid' | 'index'>;

/** Every item of a list, page by page. */
async function listed(path: string, limit: number): Promise<Item[]> {
  const items: Item[] = [];
  for (let cursor = ''; ; ) {
    const after = cursor === '' ? '' : `&cursor=${cursor}`;
    const { body } = await inbox.api('get', `${path}&limit=${limit}${after}`).expect(200);
    items.push(...body.items);
    if (body.nextCursor === null) return items;
    cursor = body.nextCursor;
  }
}

const sids = (items: Item[]) => items.map(({ sid }) => sid);

test.each([1, 3, 4, 200])('oldest first, in pages of %i', async (limit) => {
  const newest = await listed('/api/v1/messages?order=newest', 200);
  expect(sids(await listed('/api/v1/messages?order=oldest', limit))).toEqual(
    sids(newest.toReversed()),
  );
  const media = await listed('/api/v1/media?order=oldest', limit);
  // The attachments of a message stay in their order.
  expect(media.map(({ messageSid, index }) => [messageSid, index])).toEqual(
    newest.toReversed().flatMap(({ sid }) => [
      [sid, 0],
      [sid, 1],
    ]),
  );
  const queue = '/api/v1/media?order=oldest&moderation=visible&from=%2B1';
  expect(await listed(queue, limit)).toEqual([]);
});

test.each(['/api/v1/media', '/api/v1/messages'])(
  'a cursor of %s goes on in its own order alone',
  async (path) => {
    for (const [order, other] of [
      ['newest', 'oldest'],
      ['oldest', 'newest'],
    ]) {
      const { body } = await inbox.api('get', `${path}?limit=1&order=${order}`).expect(200);
      const next = (way: string) =>
        inbox.api('get', `${path}?limit=1&order=${way}&cursor=${body.nextCursor}`);
      await next(String(order)).expect(200);
      const refused = await next(String(other)).expect(400);
      expect(refused.body.errors).toEqual([
        { field: 'cursor', message: `is the nextCursor of a list with order=${order}` },
      ]);
    }
    const plain = await inbox.api('get', `${path}?limit=1`).expect(200);
    await inbox.api('get', `${path}?cursor=${plain.body.nextCursor}`).expect(200);
    const { body } = await inbox.api('get', `${path}?order=random`).expect(400);
    expect(body.errors).toEqual([{ field: 'order', message: 'newest or oldest' }]);
  },
);

/** The pages of a list, each with its items, from one cursor on in one direction. */
async function pagesFrom(path: string, which: 'nextCursor' | 'previousCursor', from?: string) {
  const pages: { items: Item[]; nextCursor: string | null; previousCursor: string | null }[] = [];
  for (let cursor = from; ; ) {
    const after = cursor === undefined ? '' : `&cursor=${cursor}`;
    const { body } = await inbox.api('get', `${path}${after}`).expect(200);
    pages.push(body);
    if (body[which] === null) return pages;
    cursor = body[which];
  }
}

test.each([
  ['/api/v1/media', 'newest', 1],
  ['/api/v1/media', 'newest', 3],
  ['/api/v1/media', 'oldest', 3],
  ['/api/v1/messages', 'newest', 2],
  ['/api/v1/messages', 'oldest', 2],
])('%s, %s first, in pages of %i: backwards it has the same items', async (list, order, limit) => {
  const path = `${list}?order=${order}&limit=${limit}`;
  const forwards = await pagesFrom(path, 'nextCursor');
  const all = forwards.flatMap(({ items }) => sids(items));
  const last = forwards.at(-1);
  const backwards = await pagesFrom(path, 'previousCursor', String(last?.previousCursor));
  const before = backwards.toReversed().flatMap(({ items }) => sids(items));
  expect([...before, ...sids(last?.items ?? [])]).toEqual(all);
  // Forwards again from where it turned back.
  const [turned] = backwards;
  const again = await pagesFrom(path, 'nextCursor', String(turned?.nextCursor));
  expect(again.flatMap(({ items }) => sids(items))).toEqual(sids(last?.items ?? []));
});

test('from a date a list is read in both directions', async () => {
  const all = (await inbox.api('get', '/api/v1/media?limit=200').expect(200)).body.items;
  const { receivedAt } = all[5];
  const before = `/api/v1/media?limit=2&receivedBefore=${receivedAt}`;
  const { body: page } = await inbox.api('get', before).expect(200);
  const older = all.filter((item: { receivedAt: string }) => item.receivedAt < receivedAt);
  expect(sids(page.items)).toEqual(sids(older.slice(0, 2)));
  // Without the bound, the page before has what is newer.
  const newer = await inbox.api('get', `/api/v1/media?limit=2&cursor=${page.previousCursor}`);
  const at = all.length - older.length;
  expect(sids(newer.body.items)).toEqual(sids(all.slice(at - 2, at)));
  const links = newer.headers.link ?? '';
  expect(links).toMatch(/cursor=[\w-]+>; rel="next", <.+cursor=[\w-]+>; rel="prev"/);
  const from = `/api/v1/media?limit=200&order=oldest&receivedAfter=${receivedAt}`;
  const { body: later } = await inbox.api('get', from).expect(200);
  expect(later.items).toHaveLength(at);
  expect(later.items[0].receivedAt).toBe(receivedAt);
});

test('the page before the first one has what arrived since', async () => {
  const { body: first } = await inbox.api('get', '/api/v1/messages?limit=1').expect(200);
  const path = `/api/v1/messages?limit=1&cursor=${first.previousCursor}`;
  const none = { items: [], nextCursor: null, previousCursor: null };
  expect((await inbox.api('get', path).expect(200)).body).toEqual(none);
  const { message } = await inbox.receive({ attachments: [note()] });
  const { body: since } = await inbox.api('get', path).expect(200);
  expect(sids(since.items)).toEqual([message.sid]);
  const { body: next } = await inbox.api(
    'get',
    `/api/v1/messages?limit=1&cursor=${since.nextCursor}`,
  );
  expect(next.items).toEqual(first.items);
});
