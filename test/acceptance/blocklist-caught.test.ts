import { afterAll, beforeAll, expect, test } from 'vitest';
import { alteredPicture, tellingPicture } from '../support/distinct-picture.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox();
});
afterAll(() => inbox.stop());

async function receive(bytes: Buffer, state: 'stored' | 'deleted' = 'stored'): Promise<string> {
  const attachments = [{ bytes, contentType: 'image/jpeg' }];
  const { message } = await inbox.receive({ attachments });
  const [media] = await inbox.mediaOf(message.sid, state);
  return String(media?.sid);
}

const get = async (path: string) => (await inbox.api('get', path).expect(200)).body;

/** The entries of a stored picture, once it is blocked. */
async function block(sid: string, more: object = {}) {
  const { body } = await inbox.api('post', `/api/v1/media/${sid}/block`).send(more).expect(200);
  const entry = (wanted: string) =>
    body.entries.find(({ kind }: { kind: string }) => kind === wanted).id;
  return { bytes: entry('sha256'), look: entry('pdq') };
}

const countOf = async (id: string) => {
  const { items } = await get('/api/v1/blocklist?limit=500');
  return items.find((entry: { id: string }) => entry.id === id)?.caught;
};

interface Caught {
  distance: number | null;
  caughtAt: string;
  media: { sid: string; state: string; moderation: string; decision: { by: string } | null };
}
const caughtBy = async (id: string, query = ''): Promise<Caught[]> =>
  (await get(`/api/v1/blocklist/${id}/caught${query}`)).items;
const sidsOf = (items: Caught[]) => items.map(({ media }) => media.sid);

test('each entry says what it has caught: by its bytes, and by its look with the distance', async () => {
  const picture = await tellingPicture(31);
  const first = await receive(picture);
  const { bytes, look } = await block(first);
  expect([await countOf(bytes), await countOf(look)]).toEqual([0, 0]);
  const same = [await receive(picture), await receive(picture)];
  const alike = await receive(await alteredPicture(picture));
  await receive(await tellingPicture(32));
  await eventually(async () => {
    expect([await countOf(bytes), await countOf(look)]).toEqual([2, 1]);
  });
  expect(sidsOf(await caughtBy(bytes)).toSorted()).toEqual(same.toSorted());
  expect(await caughtBy(look)).toEqual([
    {
      caughtAt: expect.any(String),
      distance: expect.any(Number),
      media: expect.objectContaining({ sid: alike, moderation: 'quarantined' }),
    },
  ]);
  const page = await get(`/api/v1/blocklist/${bytes}/caught?limit=1`);
  const rest = await caughtBy(bytes, `?limit=1&cursor=${page.nextCursor}`);
  expect([...sidsOf(page.items), ...sidsOf(rest)]).toEqual(sidsOf(await caughtBy(bytes)));

  // Taken out, it still says so, with what was decided since.
  await inbox.api('delete', `/api/v1/blocklist/${look}`).expect(204);
  const approve = { decision: 'approve', reason: 'a mistake' };
  await inbox.api('post', `/api/v1/media/${alike}/decision`).send(approve).expect(200);
  const [back] = await caughtBy(look);
  expect(back?.media).toMatchObject({ moderation: 'visible', decision: { by: 'ADMIN_API_KEY' } });
  await receive(await alteredPicture(picture, 'webp'));
  expect(await caughtBy(look)).toHaveLength(1);
});

test('what it has deleted is in the list, and what is stored is caught when it is applied to it', async () => {
  const picture = await tellingPicture(33);
  const stored = await receive(picture);
  const alike = await receive(await alteredPicture(picture));
  // Of a person, so the blocklist leaves it.
  const approve = { decision: 'approve' };
  await inbox.api('post', `/api/v1/media/${stored}/decision`).send(approve).expect(200);
  await inbox.api('post', `/api/v1/media/${stored}/decision`).send({ decision: 'hold' });
  const { bytes, look } = await block(stored, { policy: 'delete', applyToExisting: true });
  await eventually(async () => {
    expect(await caughtBy(look)).toMatchObject([{ media: { sid: alike, state: 'deleted' } }]);
  });
  expect(await caughtBy(bytes)).toEqual([]);
  const again = await receive(picture, 'deleted');
  await eventually(async () => {
    expect(await caughtBy(bytes)).toMatchObject([
      { distance: null, media: { sid: again, state: 'deleted' } },
    ]);
  });
  // Applied once more, it is the same catch.
  await block(stored, { policy: 'delete', applyToExisting: true });
  const later = await receive(await alteredPicture(picture, 'webp'), 'deleted');
  await eventually(async () => {
    expect(sidsOf(await caughtBy(look))).toEqual([later, alike]);
  });
  expect(await countOf(look)).toBe(2);
});

test('an entry that never was is not found', async () => {
  await inbox.api('get', '/api/v1/blocklist/999999/caught').expect(404);
  await inbox.api('get', '/api/v1/blocklist/x/caught').expect(400);
});
