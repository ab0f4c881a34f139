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

/** Records a deletion of all these media, and makes a tombstone of one of them, no more. */
async function begin(sids: string[], first: string): Promise<bigint> {
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
    await forgetMedia(tx, deps, { id, requestedBy: 'somebody', reasonCode: null, reason: null }, [
      first,
    ]);
    return id;
  });
}

test('deletions of the same media, each of which was quicker with one of them, all end', async () => {
  const sids = [await addMedia(deps.database), await addMedia(deps.database)];
  sids.push(await addMedia(deps.database));
  const open: bigint[] = [];
  // Each has what the next one deleted first among its own targets.
  for (const [at, sid] of sids.entries()) {
    const others = sids.filter((_, other) => other >= at);
    open.push(await begin(others, sid));
  }
  // And one that wants what is a tombstone already, recorded before.
  const { prisma } = deps.database;
  const row = { messageSid: 'MM1', accountSid: 'AC1' };
  await prisma.deletionTarget.create({
    data: { ...row, sid: String(sids[0]), deletionId: BigInt(String(open[2])) },
  });
  const signal = AbortSignal.timeout(30_000);
  const run = createRunDeletion(deps);
  expect(await Promise.all(open.map((id) => run(id, signal)))).toEqual([true, true, true]);
  const left = await prisma.deletionTarget.count({ where: { local: 'pending' } });
  expect(left).toBe(0);
});
