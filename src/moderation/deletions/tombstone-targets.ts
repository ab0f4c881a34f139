import type { Transaction } from '../../database/database.ts';
import type { DeletionTarget, DeletionTargetKind } from '../../generated/prisma/client.ts';
import type { RunningDeletion, TombstoneDeps } from './deletion-target.ts';
import { lockTargets } from './lock-targets.ts';
import { tombstoneMedia } from './tombstone-media.ts';
import { tombstoneMessages } from './tombstone-messages.ts';

/** Rows of one transaction: long enough to be quick, short enough to hold up nobody. */
const BATCH = 100;

/**
 * Makes tombstones of the next targets of a deletion, in the order of their sids. Their files are
 * named by no row but the target's after that, and are removed behind the commit. Targets that another
 * deletion, or another worker of this one, has tombstoned are through with it, too.
 *
 * @param tx the caller commits it; of one transaction only one call keeps the order of locks
 * @param most targets, null for all
 * @returns `seen` is how many were looked at, `forgotten` how many are tombstones by this
 * @throws BytesArrived when the transaction has to begin anew
 */
export async function tombstoneTargets(
  tx: Transaction,
  deps: TombstoneDeps,
  deletion: RunningDeletion,
  most: number | null = BATCH,
): Promise<{ seen: number; forgotten: number }> {
  const targets = await tx.$queryRaw<Target[]>`
    SELECT sid, kind FROM deletion_target
    WHERE deletion_id = ${deletion.id} AND local = 'pending' AND forgotten_at IS NULL
    ORDER BY sid LIMIT ${most}::bigint`;
  if (targets.length === 0) return { seen: 0, forgotten: 0 };
  const ofKind = (wanted: DeletionTargetKind) =>
    targets.filter(({ kind }) => kind === wanted).map(({ sid }) => sid);
  const media = ofKind('media');
  const messages = ofKind('message');
  const locked = await lockTargets(tx, { media, messages });
  let forgotten = 0;
  if (media.length > 0) forgotten += await tombstoneMedia(tx, deps, deletion, media, locked);
  if (messages.length > 0) forgotten += await tombstoneMessages(tx, deps, deletion, messages);
  return { seen: targets.length, forgotten };
}

type Target = Pick<DeletionTarget, 'sid' | 'kind'>;
