import pLimit from 'p-limit';
import type { DeletionTarget } from '../../generated/prisma/client.ts';
import type { BlobStore } from '../../storage/blob-store.ts';
import type { Database, Transaction } from '../../storage/database.ts';
import { settleTargets } from './settle-targets.ts';

const BATCH = 100;
// Every file is a wait for the disk.
const AT_ONCE = 8;
const RETRY_MS = 60_000;

type Files = Pick<DeletionTarget, 'sid' | 'localFiles' | 'previewFiles'>;

/**
 * Removes the files of the next targets whose rows are tombstones: no row names them any more, and
 * none ever will. What cannot be removed is kept with the reason, and tried again a minute later.
 *
 * @returns how many were looked at
 */
export async function removeTargetFiles(
  { database, blobs }: { database: Database; blobs: BlobStore },
  deletionId: bigint,
): Promise<number> {
  const { prisma } = database;
  // One state after the other, as the index has them.
  let targets = await nextTargets(prisma, deletionId, 'pending');
  if (targets.length === 0) targets = await nextTargets(prisma, deletionId, 'retrying');
  if (targets.length === 0) return 0;
  const limit = pLimit(AT_ONCE);
  const failures = (
    await Promise.all(targets.map((target) => limit(() => removeFiles(blobs, target))))
  ).flat();
  await prisma.$transaction(async (tx) => {
    const failed = new Set(failures.map(({ sid }) => sid));
    const removed = targets.map(({ sid }) => sid).filter((sid) => !failed.has(sid));
    await markRemoved(tx, deletionId, removed);
    for (const failure of failures) await keepFailure(tx, deletionId, failure);
  });
  return targets.length;
}

/** Targets whose files are still there, and whose turn it is. */
function nextTargets(
  { deletionTarget }: Database['prisma'],
  deletionId: bigint,
  local: 'pending' | 'retrying',
): Promise<Files[]> {
  return deletionTarget.findMany({
    where: {
      ...{ deletionId, local, isOpen: true, forgottenAt: { not: null } },
      OR: [{ localNextTryAt: null }, { localNextTryAt: { lte: new Date() } }],
    },
    select: { sid: true, localFiles: true, previewFiles: true },
    orderBy: { sid: 'asc' },
    take: BATCH,
  });
}

/** @returns the failure, or nothing */
async function removeFiles(blobs: BlobStore, { sid, localFiles, previewFiles }: Files) {
  try {
    // The bytes first: what does not have them open by then cannot open them any more, and what has
    // writes into a scratch folder that is there, and goes now.
    for (const key of localFiles) await blobs.remove(key);
    for (const key of previewFiles) await blobs.remove(key);
    await blobs.discard(sid);
    for (const key of localFiles) await blobs.discard(key);
    return [];
  } catch (error) {
    const { code = 'no reason given' } = error as NodeJS.ErrnoException;
    return [{ sid, reason: `A file could not be removed (${code})` }];
  }
}

async function markRemoved(tx: Transaction, deletionId: bigint, sids: string[]): Promise<void> {
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
      ORDER BY target.sid FOR UPDATE OF target
    ) AS removed
    WHERE deletion_id = ${deletionId} AND sid = removed_sid`;
  await settleTargets(tx, sids);
}

async function keepFailure(
  tx: Transaction,
  deletionId: bigint,
  { sid, reason: localReason }: { sid: string; reason: string },
): Promise<void> {
  const now = new Date();
  await tx.$executeRaw`
    UPDATE deletion_target SET local = 'retrying', previews = 'retrying',
      local_reason = ${localReason}, local_next_try_at = ${new Date(now.getTime() + RETRY_MS)},
      blocked_since = coalesce(blocked_since, ${now})
    WHERE deletion_id = ${deletionId} AND sid = ${sid}`;
}
