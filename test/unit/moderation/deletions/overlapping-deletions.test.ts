import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { BlobStore } from '../../../../src/files/blob-store.ts';
import { createDiskBlobStore } from '../../../../src/files/disk-blob-store.ts';
import { newBlobKey } from '../../../../src/files/file-names.ts';
import { Prisma } from '../../../../src/generated/prisma/client.ts';
import { recordDeletion } from '../../../../src/moderation/deletions/record-deletion.ts';
import {
  createRunDeletion,
  type RunDeps,
} from '../../../../src/moderation/deletions/run-deletion.ts';
import { tombstoneTargets } from '../../../../src/moderation/deletions/tombstone-targets.ts';
import { addMedia } from '../../../support/add-media.ts';
import { countStrikes } from '../../../support/count-strikes.ts';
import { openTestQueue, type TestQueue } from '../../../support/test-queue.ts';

const DECIDER = { actor: 'somebody', reasonCode: null, reason: null };

let opened: TestQueue;
let blobs: BlobStore;
let deps: RunDeps;
let isRefusing: boolean;
beforeEach(async () => {
  opened = await openTestQueue();
  const { database, queue, files } = opened;
  blobs = await createDiskBlobStore(join(files.dataDir, 'blobs'), () => 'test');
  isRefusing = false;
  const refusing: BlobStore = {
    ...blobs,
    async remove(key) {
      if (isRefusing) throw Object.assign(new Error('refused'), { code: 'EBUSY' });
      await blobs.remove(key);
    },
  };
  deps = { database, queue, blobs: refusing, deleteUpstream: true, countStrikes };
});
afterEach(() => opened.close());

/** A stored media item with bytes in the blob store; the same text is the same blob. */
async function addStored(text: string): Promise<string> {
  const { prisma } = deps.database;
  const sha256 = createHash('sha256').update(text).digest('hex');
  if ((await prisma.blob.findUnique({ where: { sha256 } })) === null) {
    const key = newBlobKey(blobs, sha256);
    const scratch = blobs.scratchPath(sha256);
    await writeFile(scratch, text);
    await blobs.adopt(scratch, key);
    await prisma.blob.create({ data: { sha256, key, byteSize: text.length } });
  }
  return addMedia(deps.database, { state: 'stored', blobSha256: sha256 });
}

/** Records a deletion, makes tombstones of its first targets, and gives it the others, no more. */
async function begin(first: string[], others: string[] = []): Promise<bigint> {
  const asked = { ...DECIDER, scope: 'sender', mediaSid: null };
  const selection = { media: Prisma.sql`sid = ANY(${first})`, messages: null };
  return deps.database.prisma.$transaction(async (tx) => {
    const { id } = await recordDeletion(tx, deps.queue, asked, selection);
    while (
      (await tombstoneTargets(tx, deps, { ...DECIDER, id, scope: 'one', requestedBy: 'somebody' }))
        .seen > 0
    );
    const row = { messageSid: 'MM1', accountSid: 'AC1', deletionId: id };
    await tx.deletionTarget.createMany({ data: others.map((sid) => ({ ...row, sid })) });
    return id;
  });
}

const run = (id: bigint) => createRunDeletion(deps)(id, AbortSignal.timeout(45_000));

async function localOf(deletionId: bigint): Promise<string[]> {
  const targets = await deps.database.prisma.deletionTarget.findMany({ where: { deletionId } });
  return targets.map(({ local }) => local);
}

async function filesLeft(): Promise<string[]> {
  const keys: string[] = [];
  for await (const key of blobs.list()) keys.push(key);
  return keys;
}

// More than are looked at in one transaction.
const MANY = 101;

async function addMany(): Promise<string[]> {
  const sids: string[] = [];
  for (let n = 0; n < MANY; n += 1) sids.push(await addStored(`content ${n % 20}`));
  return sids;
}

test('deletions of the same media, each of which was quicker with some of them, all end', async () => {
  const { prisma } = deps.database;
  const [first, second, rest] = [await addMany(), await addMany(), await addMany()];
  const one = await begin(first, [...second, ...rest]);
  const other = await begin(second, [...first, ...rest]);
  expect(await filesLeft()).toHaveLength(20);

  expect(await Promise.all([run(one), run(other)])).toEqual([true, true]);
  expect(await prisma.deletionTarget.count({ where: { local: { not: 'done' } } })).toBe(0);
  expect(await prisma.media.count({ where: { state: { not: 'deleted' } } })).toBe(0);
  expect(await filesLeft()).toEqual([]);
}, 120_000);

test('a file that cannot be removed is retried by each deletion of its media', async () => {
  const { deletionTarget } = deps.database.prisma;
  const sid = await addStored('stuck');
  const one = await begin([sid]);
  const other = await begin([], [sid]);
  isRefusing = true;
  expect(await run(one)).toBe(false);
  expect(await run(other)).toBe(false);
  const localReason = 'A file could not be removed (EBUSY)';
  const retrying = { local: 'retrying', localReason, localNextAttemptAt: expect.any(Date) };
  expect(await deletionTarget.findMany()).toMatchObject([retrying, retrying]);

  isRefusing = false;
  await deletionTarget.updateMany({ data: { localNextAttemptAt: new Date() } });
  expect(await run(other)).toBe(true);
  expect(await filesLeft()).toEqual([]);
  expect(await run(one)).toBe(true);
  expect([...(await localOf(one)), ...(await localOf(other))]).toEqual(['done', 'done']);
});

test('bytes that another deletion has yet to remove are gone when this one is done', async () => {
  const [mine, theirs] = [await addStored('shared'), await addStored('shared')];
  const one = await begin([mine]);
  const other = await begin([theirs]);
  isRefusing = true;
  expect(await run(one)).toBe(false);
  expect(await localOf(one)).toEqual(['retrying']);

  isRefusing = false;
  await deps.database.prisma.deletionTarget.updateMany({
    data: { localNextAttemptAt: new Date() },
  });
  expect(await run(one)).toBe(true);
  expect(await localOf(one)).toEqual(['done']);
  expect(await filesLeft()).toEqual([]);
  expect(await run(other)).toBe(true);
  expect(await localOf(other)).toEqual(['done']);
});

test('bytes that lose their last media item while files are removed are removed, too', async () => {
  const [mine, theirs] = [await addStored('shared'), await addStored('shared')];
  const one = await begin([mine]);
  let begun: bigint | undefined;
  const discard = async (owner: string) => {
    await blobs.discard(owner);
    begun ??= await begin([theirs]);
  };
  deps = { ...deps, blobs: { ...blobs, discard } };
  expect(await run(one)).toBe(true);
  expect(await localOf(one)).toEqual(['done']);
  expect(await localOf(begun ?? 0n)).toEqual(['pending']);
  expect(await filesLeft()).toEqual([]);
});

test('bytes that a media item still has are kept', async () => {
  const [mine] = [await addStored('shared'), await addStored('shared')];
  const one = await begin([mine]);
  expect(await run(one)).toBe(true);
  expect(await localOf(one)).toEqual(['kept']);
  expect(await filesLeft()).toHaveLength(1);
});
