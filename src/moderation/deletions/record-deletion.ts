import type { Transaction } from '../../database/database.ts';
import { isMutedSender } from '../../events/muted.ts';
import { Prisma } from '../../generated/prisma/client.ts';
import type { JobQueue } from '../../jobs/job-queue.ts';
import type { Decider } from '../apply-decision.ts';
import type { DeletionSelection } from './deletion-scope.ts';

/** What a deletion record says of who asked for what. */
export interface NewDeletion extends Decider {
  /** A `DeletionScope`, or another word that says what was asked for. */
  scope: string;
  /** The media that it was asked for by, where it was. */
  mediaSid: string | null;
}

// Whoever asked does it at once; the job is for those whose process ends in the middle.
const BACKSTOP_MS = 10_000;

/**
 * Writes down what is to be deleted, and sends the job that does so. Nothing is deleted yet.
 *
 * @param tx the caller commits it
 * @param delayMs of the job, for callers that run the deletion themselves; 0 for those that do not
 * @returns the deletion's id, and how many targets it has; with none the caller has to roll back
 */
export async function recordDeletion(
  tx: Transaction,
  queue: JobQueue,
  { actor, scope, mediaSid, reasonCode, reason }: NewDeletion,
  { media, messages }: DeletionSelection,
  delayMs = BACKSTOP_MS,
): Promise<{ id: bigint; targets: number }> {
  const { id } = await tx.deletion.create({
    data: {
      ...{ requestedBy: actor, scope, mediaSid, reasonCode, reason },
      withMessages: messages !== null,
    },
  });
  let targets = await tx.$executeRaw(Prisma.sql`
    INSERT INTO deletion_target (sid, deletion_id, message_sid, account_sid)
    SELECT sid, ${id}, message_sid, account_sid FROM media WHERE state <> 'deleted' AND ${media}`);
  if (messages !== null) {
    targets += await tx.$executeRaw(Prisma.sql`
      INSERT INTO deletion_target (sid, deletion_id, message_sid, account_sid)
      SELECT sid, ${id}, sid, account_sid FROM message WHERE deleted_at IS NULL AND ${messages}`);
  }
  const startAfter = new Date(Date.now() + delayMs);
  await queue.send(tx, 'delete-local', [{ payload: { deletionId: String(id) }, startAfter }]);
  return { id, targets };
}

/**
 * Marks messages of a deletion whose sender is muted now: nothing is told of them, should the mute end before
 * they are tombstones.
 *
 * @param prisma a transaction that has locked no media: their locks come before those of messages
 */
export async function keepMutes(prisma: Transaction, deletionId: bigint): Promise<void> {
  await prisma.$executeRaw(Prisma.sql`
    UPDATE message SET muted = true
    FROM (
      SELECT message.sid AS muted_sid
      FROM deletion_target AS target JOIN message ON message.sid = target.sid
      WHERE target.deletion_id = ${deletionId} AND target.sid = target.message_sid
        AND NOT muted AND deleted_at IS NULL AND ${isMutedSender(Prisma.sql`message."from"`)}
      ORDER BY message.sid FOR NO KEY UPDATE OF message
    ) AS to_mute
    WHERE sid = muted_sid`);
}
