import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Prisma } from '../../../src/generated/prisma/client.ts';
import { forgetMedia } from '../../../src/moderation/deletions/forget-media.ts';
import { recordDeletion } from '../../../src/moderation/deletions/record-deletion.ts';
import { createRunDeletion, type RunDeps } from '../../../src/moderation/deletions/run-deletion.ts';
import { createDiskBlobStore } from '../../../src/storage/disk-blob-store.ts';
import { addMedia } from '../../support/add-media.ts';
import { openTestQueue, type TestQueue } from '../../support/test-queue.ts';

let opened: TestQueue;
let deps: RunDeps;
beforeEach(async () => {
  opened = await openTestQueue();
  const { database, queue, files } = opened;
  const blobs = await createDiskBlobStore(join(files.dataDir, 'blobs'), () => 'test');
  deps = { database, queue, blobs, deleteUpstream: true };
});
afterEach(() => opened.close());

/** Records a deletion of all these media, and makes tombstones of some of them, no more. */
async function begin(sids: string[], first: string[]): Promise<bigint> {
  const asked = {
    actor: 'somebody',
    scope: 'sender',
    mediaSid: null,
    reasonCode: null,
    reason: null,
  };
  const selection = { media: Prisma.sql`sid = ANY(${sids})`, messages: null };
  return deps.database.prisma.$transaction(async (tx) => {
    const { id } = await recordDeletion(tx, deps.queue, asked, selection);
    const running = { id, requestedBy: 'somebody', reasonCode: null, reason: null };
    await forgetMedia(tx, deps, running, first);
    return id;
  });
}

// More than are looked at in one transaction.
const MANY = 101;

async function addMany(): Promise<string[]> {
  const sids: string[] = [];
  for (let n = 0; n < MANY; n += 1) sids.push(await addMedia(deps.database));
  return sids;
}

test('deletions of the same media, each of which was quicker with some of them, all end', async () => {
  const { prisma } = deps.database;
  const [first, second, rest] = [await addMany(), await addMany(), await addMany()];
  const all = [...first, ...second, ...rest];
  // Recorded before anything was deleted: each has all of them as its targets.
  const one = await begin(all, first);
  const other = await begin([...second, ...rest], second);
  const row = { messageSid: 'MM1', accountSid: 'AC1', deletionId: other };
  await prisma.deletionTarget.createMany({ data: first.map((sid) => ({ ...row, sid })) });

  const run = createRunDeletion(deps);
  const signal = AbortSignal.timeout(45_000);
  expect(await Promise.all([run(one, signal), run(other, signal)])).toEqual([true, true]);
  expect(await prisma.deletionTarget.count({ where: { local: 'pending' } })).toBe(0);
  expect(await prisma.media.count({ where: { state: { not: 'deleted' } } })).toBe(0);
}, 60_000);
