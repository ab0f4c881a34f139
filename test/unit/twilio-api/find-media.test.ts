import { expect, test } from 'vitest';
import type { Database } from '../../../src/database/database.ts';
import { createFindMedia } from '../../../src/twilio-api/media-list.ts';

const none = { sha256: null, key: null, byteSize: null };

/** A database that answers each lookup when it is told to. */
function slowDatabase(known: string[]) {
  const lookups: { sids: string[]; answer: () => void; fail: (error: Error) => void }[] = [];
  const $queryRaw = (_text: unknown, sids: string[]) =>
    new Promise((resolve, reject) => {
      const found = known.filter((sid) => sids.includes(sid)).map((sid) => ({ sid, ...none }));
      lookups.push({ sids, answer: () => resolve(found), fail: reject });
    });
  const database = { prisma: { $queryRaw } } as unknown as Database;
  return { find: createFindMedia(database), lookups };
}

/** Until everything that waits for nothing but the event loop is done. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((done) => setImmediate(done));
}

test('who arrives together shares a lookup, and gets his own', async () => {
  const { find, lookups } = slowDatabase(['ME1', 'ME2']);
  const all = Promise.all(['ME1', 'ME2', 'ME3', 'ME1'].map(find));
  await settle();
  expect(lookups.map(({ sids }) => sids)).toEqual([['ME1', 'ME2', 'ME3', 'ME1']]);
  lookups[0]?.answer();
  expect((await all).map((media) => media?.sid)).toEqual(['ME1', 'ME2', undefined, 'ME1']);
});

test('who arrives during a lookup is served by the next one, which sees what happened since', async () => {
  const known = ['ME1'];
  const { find, lookups } = slowDatabase(known);
  const first = find('ME1');
  await settle();
  const second = find('ME1');
  await settle();
  expect(lookups.length).toBe(1);
  known.pop();
  lookups[0]?.answer();
  expect(await first).toMatchObject({ sid: 'ME1', blob: null });
  await settle();
  lookups[1]?.answer();
  expect(await second).toBeUndefined();
});

test('a lookup that fails fails for those who wait for it, and for no others', async () => {
  const { find, lookups } = slowDatabase(['ME1']);
  const failed = Promise.allSettled([find('ME1'), find('ME2')]);
  await settle();
  const next = find('ME1');
  lookups[0]?.fail(new Error('gone'));
  expect((await failed).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await settle();
  lookups[1]?.answer();
  expect((await next)?.sid).toBe('ME1');
});
