import pLimit from 'p-limit';
import type { Database, Transaction } from '../../database/database.ts';
import { codeOf } from '../../errors/caught.ts';
import { recordEvents } from '../../events/record-events.ts';
import type { BlobStore } from '../../files/blob-store.ts';
import { BlobStoreError } from '../../files/blob-store-error.ts';
import type { Deletion, DeletionTarget } from '../../generated/prisma/client.ts';

const BATCH = 100;
// Removing a file mostly waits for the disk.
const CONCURRENCY = 8;
const RETRY_MS = 60_000;

type Target = Pick<DeletionTarget, 'sid' | 'sha256' | 'localFiles' | 'previewFiles'>;

/** Targets with the same bytes, and all files of those bytes that no media row references any more. */
interface Leftover {
  sids: string[];
  localFiles: Set<string>;
  previewFiles: Set<string>;
}

/**
 * Removes the files of the next targets whose rows are tombstones: no row references them any more, and
 * none ever will. Files of the same bytes may be recorded on targets of other deletions that run later: they
 * are removed as well, so that `done` means that the bytes are gone. For files that cannot be removed the
 * reason is recorded, and they are retried a minute later.
 *
 * @returns how many targets were processed
 */
export async function removeTargetFiles(
  { database, blobs }: { database: Database; blobs: BlobStore },
  deletionId: bigint,
): Promise<number> {
  const { prisma } = database;
  // One state per query, to match the index.
  let targets = await nextTargets(prisma, deletionId, 'pending');
  if (targets.length === 0) targets = await nextTargets(prisma, deletionId, 'retrying');
  if (targets.length === 0) return 0;
  const leftovers = await findLeftovers(prisma, targets);
  const limit = pLimit(CONCURRENCY);
  const failures = (
    await Promise.all(leftovers.map((leftover) => limit(() => removeFiles(blobs, leftover))))
  ).flat();
  const failed = new Set(failures.map(({ sid }) => sid));
  const sids = targets.map(({ sid }) => sid);
  const removed = leftovers.flatMap(({ localFiles }) => [...localFiles]);
  await prisma.$transaction(async (tx) => {
    // Another worker of this deletion may have the same targets.
    await tx.$queryRaw`
      SELECT sid FROM deletion_target WHERE deletion_id = ${deletionId} AND sid = ANY(${sids})
      ORDER BY sid FOR UPDATE`;
    const done = sids.filter((sid) => !failed.has(sid));
    await markRemoved(tx, deletionId, done, removed);
    for (const failure of failures) await recordFailure(tx, deletionId, failure);
  });
  return targets.length;
}

/** Targets whose files are still there, and whose next try is due. */
function nextTargets(
  { deletionTarget }: Database['prisma'],
  deletionId: bigint,
  local: 'pending' | 'retrying',
): Promise<Target[]> {
  return deletionTarget.findMany({
    where: {
      deletionId,
      local,
      isOpen: true,
      forgottenAt: { not: null },
      OR: [{ localNextAttemptAt: null }, { localNextAttemptAt: { lte: new Date() } }],
    },
    select: { sid: true, sha256: true, localFiles: true, previewFiles: true },
    orderBy: { sid: 'asc' },
    take: BATCH,
  });
}

/** One entry for each hash, and one for each target without bytes. */
async function findLeftovers(
  prisma: Database['prisma'],
  targets: readonly Target[],
): Promise<Leftover[]> {
  const hashes = [...new Set(targets.flatMap(({ sha256 }) => sha256 ?? []))];
  const elsewhere = await prisma.$queryRaw<Omit<Target, 'sid'>[]>`
    SELECT sha256, local_files AS "localFiles", preview_files AS "previewFiles"
    FROM deletion_target
    WHERE sha256 = ANY(${hashes}) AND local_files <> '{}'
      AND NOT EXISTS (SELECT 1 FROM media WHERE blob_sha256 = deletion_target.sha256)`;
  const groups = Map.groupBy(targets, ({ sid, sha256 }) => sha256 ?? sid);
  return [...groups].map(([group, same]) => {
    const all = [...same, ...elsewhere.filter(({ sha256 }) => sha256 === group)];
    return {
      sids: same.map(({ sid }) => sid),
      localFiles: new Set(all.flatMap(({ localFiles }) => localFiles)),
      previewFiles: new Set(all.flatMap(({ previewFiles }) => previewFiles)),
    };
  });
}

/** @returns a failure for each of its targets; empty when all files were removed */
async function removeFiles(blobs: BlobStore, { sids, localFiles, previewFiles }: Leftover) {
  try {
    // The bytes first: after that nothing can open them, and work that has them open already writes into
    // an existing scratch folder, which is discarded below.
    for (const key of localFiles) await blobs.remove(key);
    for (const key of previewFiles) await blobs.remove(key);
    for (const sid of sids) await blobs.discard(sid);
    for (const key of localFiles) await blobs.discard(key);
    return [];
  } catch (error) {
    const reason =
      error instanceof BlobStoreError
        ? `A file could not be removed. ${error.message}`
        : `A file could not be removed (${codeOf(error) ?? 'no reason given'})`;
    return sids.map((sid) => ({ sid, reason }));
  }
}

/**
 * Marks targets as removed. Skips those whose bytes have a recorded file that is not in `files`: a media
 * item still had the bytes when the files were collected.
 *
 * @param files keys of the removed files
 */
async function markRemoved(
  tx: Transaction,
  deletionId: bigint,
  sids: string[],
  files: string[],
): Promise<void> {
  await tx.$executeRaw`
    UPDATE deletion_target SET local_files = '{}', preview_files = '{}', local_reason = NULL,
      local_next_try_at = NULL, blocked_since = NULL,
      local = CASE WHEN is_shared THEN 'kept' ELSE 'done' END::"TargetState",
      previews = CASE
          WHEN sha256 IS NULL THEN 'none' WHEN is_shared THEN 'kept' ELSE 'done'
        END::"TargetState"
    FROM (
      SELECT target.sid AS removed_sid, media.blob_sha256 IS NOT NULL AS is_shared
      FROM deletion_target AS target
      LEFT JOIN LATERAL (
        SELECT blob_sha256 FROM media WHERE blob_sha256 = target.sha256 LIMIT 1
      ) AS media ON true
      WHERE target.deletion_id = ${deletionId} AND target.sid = ANY(${sids})
        AND target.local IN ('pending', 'retrying')
        AND (media.blob_sha256 IS NOT NULL OR NOT EXISTS (
          SELECT 1 FROM deletion_target AS other
          WHERE other.sha256 = target.sha256 AND other.local_files <> '{}'
            AND NOT other.local_files <@ ${files}::text[]))
    ) AS removed
    WHERE deletion_id = ${deletionId} AND sid = removed_sid`;
  await settleTargets(tx, sids);
}

async function recordFailure(
  tx: Transaction,
  deletionId: bigint,
  { sid, reason: localReason }: { sid: string; reason: string },
): Promise<void> {
  const now = new Date();
  await tx.$executeRaw`
    UPDATE deletion_target SET local = 'retrying', previews = 'retrying',
      local_reason = ${localReason}, local_next_try_at = ${new Date(now.getTime() + RETRY_MS)},
      blocked_since = coalesce(blocked_since, ${now})
    WHERE deletion_id = ${deletionId} AND sid = ${sid} AND local IN ('pending', 'retrying')`;
}

/**
 * Closes targets of which every part is done, and completes the deletions that have no open target left.
 * To be called in the transaction that changed a part, after the change.
 *
 * @param tx the caller commits it
 * @param sids of targets, in every deletion that has them
 */
export async function settleTargets(tx: Transaction, sids: readonly string[]): Promise<void> {
  const closed = await tx.deletionTarget.updateManyAndReturn({
    where: {
      sid: { in: [...sids] },
      isOpen: true,
      local: IS_DONE,
      previews: IS_DONE,
      upstream: IS_DONE,
    },
    data: { isOpen: false },
    select: { deletionId: true },
  });
  const ids = [...new Set(closed.map(({ deletionId }) => deletionId))];
  if (ids.length === 0) return;
  // Of two transactions that close the last two targets, the second one sees both. Changing a target twice
  // locks its deletion FOR KEY SHARE (the foreign key is checked again): with FOR UPDATE, two transactions
  // that have done so would deadlock.
  await tx.$queryRaw`SELECT id FROM deletion WHERE id = ANY(${ids}) ORDER BY id FOR NO KEY UPDATE`;
  const completed = await tx.deletion.updateManyAndReturn({
    where: { id: { in: ids }, completedAt: null, targets: { none: { isOpen: true } } },
    data: { completedAt: new Date() },
  });
  for (const deletion of completed) await recordCompleted(tx, deletion);
}

const IS_DONE = { notIn: ['pending', 'retrying'] } as const satisfies { notIn: string[] };

async function recordCompleted(tx: Transaction, deletion: Deletion): Promise<void> {
  const { id, scope, mediaSid, withMessages, reasonCode, requestedBy } = deletion;
  const ofDeletion = { where: { deletionId: id } };
  const counted = await tx.deletionTargetCount.aggregate({
    ...ofDeletion,
    _sum: { targets: true },
  });
  // Every event belongs to a message; a deletion's belongs to the message of its first target.
  const first = await tx.deletionTarget.findFirstOrThrow({
    ...ofDeletion,
    orderBy: { sid: 'asc' },
  });
  const { messageSid } = first;
  await recordEvents(tx, [
    {
      type: 'deletion.completed',
      messageSid,
      data: {
        deletionId: String(id),
        scope,
        mediaSid,
        withMessages,
        targets: counted._sum.targets ?? 0,
        reasonCode,
        requestedBy,
      },
    },
  ]);
}
