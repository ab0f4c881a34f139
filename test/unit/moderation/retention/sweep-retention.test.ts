import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDiskBlobStore } from '../../../../src/files/disk-blob-store.ts';
import {
  createDeleteMedia,
  type DeleteMedia,
} from '../../../../src/moderation/deletions/delete-media.ts';
import { createSweepRetention } from '../../../../src/moderation/retention/retention.ts';
import { addMedia } from '../../../support/add-media.ts';
import { countStrikes } from '../../../support/count-strikes.ts';
import { openTestQueue, type TestQueue } from '../../../support/test-queue.ts';

const NOW = new Date('2026-11-24T12:00:00Z');
let opened: TestQueue;
let database: TestQueue['database'];
let queue: TestQueue['queue'];
beforeAll(async () => {
  opened = await openTestQueue();
  ({ database, queue } = opened);
});
afterAll(() => opened.close());

function addOld(days: number, other: object): Promise<string> {
  const receivedAt = new Date(NOW.getTime() - days * 86_400_000 - 1);
  return addMedia(database, { state: 'stored', receivedAt, ...other });
}

async function deleting(): Promise<DeleteMedia> {
  const blobs = await createDiskBlobStore(join(opened.files.dataDir, 'blobs'), () => 'test');
  return createDeleteMedia({ database, queue, blobs, deleteUpstream: true, countStrikes });
}

test('deletes what is older than its rule, and nothing that is pinned, pending or without a rule', async () => {
  const old = await addOld(30, {});
  const oldFailed = await addOld(10, { state: 'failed' });
  const kept = [
    await addOld(29, {}),
    await addOld(30, { pinned: true }),
    await addOld(30, { state: 'pending' }),
    await addOld(9, { state: 'failed' }),
    await addOld(900, { moderation: 'held' }),
    await addOld(900, { moderation: 'quarantined' }),
  ];
  const sweep = createSweepRetention({
    database,
    deleteMedia: await deleting(),
    rules: { visible: 30, failed: 10 },
  });
  const { signal } = new AbortController();
  expect(await sweep(NOW, signal)).toBe(2);
  const left = await database.prisma.media.findMany({ where: { state: { not: 'deleted' } } });
  expect(left.map(({ sid }) => sid).toSorted()).toEqual(kept.toSorted());
  const audit = await database.prisma.auditEntry.findMany({ where: { action: 'media.delete' } });
  expect(audit.map(({ target }) => target).toSorted()).toEqual([old, oldFailed].toSorted());
  expect(audit[0]).toMatchObject({ actor: 'system:retention', reasonCode: 'retention' });
  expect(await sweep(NOW, signal)).toBe(0);
});

test.each([
  ['pinned', { pinned: true }],
  ['held', { moderation: 'held' }],
] as const)('what is %s while others are being deleted stays', async (_what, data) => {
  const { prisma } = database;
  const [first = '', second = ''] = [await addOld(30, {}), await addOld(30, {})].toSorted();
  const deleteMedia = await deleting();
  const sweep = createSweepRetention({
    database,
    async deleteMedia(request) {
      await prisma.media.update({ where: { sid: second }, data });
      return deleteMedia(request);
    },
    rules: { visible: 30 },
  });
  expect(await sweep(NOW, new AbortController().signal)).toBe(1);
  const states = await prisma.media.findMany({
    where: { sid: { in: [first, second] } },
    orderBy: { sid: 'asc' },
  });
  expect(states.map(({ state }) => state)).toEqual(['deleted', 'stored']);
});
