import type { Transaction } from '../../database/database.ts';
import type { DeletionTarget, DeletionTargetKind } from '../../generated/prisma/client.ts';
import type { RunningDeletion, TombstoneDeps } from './deletion-target.ts';
import { lockTargets } from './lock-targets.ts';
import { tombstoneMedia } from './tombstone-media.ts';
import { tombstoneMessages } from './tombstone-messages.ts';

/** Rows of one transaction: enough to be fast, few enough not to block other transactions for long. */
const BATCH = 100;

/**
 * Makes tombstones of the next targets of a deletion, in the order of their sids. After that only the
 * target's row references their files, which are removed after the commit. Targets that another deletion,
 * or another worker of this one, has tombstoned count as processed, too.
 *
 * @param tx the caller commits it; only one call per transaction keeps the order of locks
 * @param limit of targets, null for all
 * @returns `seen` is how many were processed, `tombstoned` how many this call made tombstones
 * @throws BytesArrived when the transaction must be retried
 */
export async function tombstoneTargets(
  tx: Transaction,
  deps: TombstoneDeps,
  deletion: RunningDeletion,
  limit: number | null = BATCH,
): Promise<{ seen: number; tombstoned: number }> {
  const targets = await tx.$queryRaw<Target[]>`
    SELECT sid, kind FROM deletion_target
    WHERE deletion_id = ${deletion.id} AND local = 'pending' AND forgotten_at IS NULL
    ORDER BY sid LIMIT ${limit}::bigint`;
  if (targets.length === 0) return { seen: 0, tombstoned: 0 };
  const ofKind = (wanted: DeletionTargetKind) =>
    targets.filter(({ kind }) => kind === wanted).map(({ sid }) => sid);
  const media = ofKind('media');
  const messages = ofKind('message');
  const locked = await lockTargets(tx, { media, messages });
  let tombstoned = 0;
  if (media.length > 0) tombstoned += await tombstoneMedia(tx, deps, deletion, media, locked);
  if (messages.length > 0) tombstoned += await tombstoneMessages(tx, deps, deletion, messages);
  return { seen: targets.length, tombstoned };
}

type Target = Pick<DeletionTarget, 'sid' | 'kind'>;
