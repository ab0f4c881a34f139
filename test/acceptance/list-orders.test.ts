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
