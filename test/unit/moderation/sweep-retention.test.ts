import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDeleteMedia } from '../../../src/moderation/deletions/delete-media.ts';
import { createSweepRetention } from '../../../src/moderation/retention/sweep-retention.ts';
import { createDiskBlobStore } from '../../../src/storage/disk-blob-store.ts';
import { openTestQueue, type TestQueue } from '../../support/test-queue.ts';

const NOW = new Date('2026-11-24T12:00:00Z');
let opened: TestQueue;
let database: TestQueue['database'];
let queue: TestQueue['queue'];
beforeAll(async () => {
  opened = await openTestQueue();
  ({ database, queue } = opened);
});
afterAll(() => opened.close());

const sidOf = (prefix: string, n: number) => `${prefix}${String(n).padStart(32, '0')}`;
let last = 0;
async function addMedia(days: number, other: object): Promise<string> {
  last += 1;
  const receivedAt = new Date(NOW.getTime() - days * 86_400_000 - 1);
  const message = { sid: sidOf('MM', last), accountSid: sidOf('AC', 1), from: '+1', to: '+2' };
  await database.prisma.message.create({
    data: { ...message, body: '', source: 'webhook', params: {}, receivedAt },
  });
  const { sid } = await database.prisma.media.create({
    data: {
      ...{ sid: sidOf('ME', last), messageSid: message.sid, accountSid: message.accountSid },
      ...{ index: 0, receivedAt, state: 'stored', ...other },
    },
  });
  return sid;
}

test('deletes what is older than its rule, and nothing that is pinned, pending or without a rule', async () => {
  const old = await addMedia(30, {});
  const oldFailed = await addMedia(10, { state: 'failed' });
  const kept = [
    await addMedia(29, {}),
    await addMedia(30, { pinned: true }),
    await addMedia(30, { state: 'pending' }),
    await addMedia(9, { state: 'failed' }),
    await addMedia(900, { moderation: 'held' }),
    await addMedia(900, { moderation: 'quarantined' }),
  ];
  const blobs = await createDiskBlobStore(join(opened.files.dataDir, 'blobs'), () => 'test');
  const sweep = createSweepRetention({
    database,
    deleteMedia: createDeleteMedia({ database, queue, blobs, deleteUpstream: true }),
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
