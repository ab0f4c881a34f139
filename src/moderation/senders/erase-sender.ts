import type { Database, Transaction } from '../../database/database.ts';
import type { EraseLate } from '../../inbound/initial-moderation.ts';
import type { JobHandler } from '../../jobs/job-list.ts';
import type { JobQueue } from '../../jobs/job-queue.ts';
import type { TombstoneDeps } from '../deletions/deletion-target.ts';
import { ofMessages, recordDeletion } from '../deletions/record-deletion.ts';
import type { RunDeletion } from '../deletions/run-deletion.ts';
import { tombstoneTargets } from '../deletions/tombstone-targets.ts';
import { purgeAgain } from './purge-database.ts';
import type { SenderIds } from './sender-id.ts';

// Files that cannot be removed now have a retry schedule of their own.
const RETRY_MS = 30_000;

/**
 * The job `erase-sender`: deletes what an erasure selects. The job `purge-database` then removes what the
 * database's files keep of it.
 */
export function createEraseSender(deps: {
  database: Database;
  queue: JobQueue;
  runDeletion: RunDeletion;
}): JobHandler<'erase-sender'> {
  const { database, queue, runDeletion } = deps;
  const { prisma } = database;

  return async ({ id }, signal) => {
    const erasure = await prisma.erasure.findUnique({ where: { id } });
    if (erasure === null || erasure.erasedAt !== null) return;
    const { deletionId } = erasure;
    if (deletionId !== null && !(await runDeletion(deletionId, signal))) {
      const startAfter = new Date(Date.now() + RETRY_MS);
      await prisma.$transaction((tx) =>
        queue.send(tx, 'erase-sender', [{ payload: { id }, startAfter }]),
      );
      return;
    }
    await prisma.$transaction(async (tx) => {
      await tx.erasure.updateMany({
        where: { id, erasedAt: null },
        data: { erasedAt: new Date() },
      });
      await tx.strike.deleteMany({ where: { senderId: erasure.senderId } });
      await queue.send(tx, 'purge-database', [{ payload: {} }]);
    });
  };
}

const ERASURE = {
  actor: 'system:erasure',
  reasonCode: 'erasure',
  reason: 'received before its sender was erased',
};

/**
 * Erases messages that were received before their sender was erased, and arrive only now: from a spool, or
 * by reconciliation. In the transaction that writes them they become tombstones, with a deletion of their
 * own for Twilio's copies. If some were stored before, with text and numbers, the database's files are
 * purged again.
 */
export function createEraseLate(deps: TombstoneDeps & { senderIds: SenderIds }): EraseLate {
  const { queue, senderIds } = deps;
  return async (tx, messages) => {
    const sids = messages.map(({ sid }) => sid);
    const live = await tx.message.count({ where: { sid: { in: sids }, deletedAt: null } });
    if (live === 0) return;
    const stored = await findStored(tx, sids);
    const requested = { ...ERASURE, scope: 'erase', mediaSid: null };
    const { id } = await recordDeletion(tx, queue, requested, ofMessages(sids), 0);
    const deletion = { ...requested, id, requestedBy: ERASURE.actor };
    // All at once: several batches in one transaction would break the order of locks.
    await tombstoneTargets(tx, deps, deletion, { limit: null });
    const storedBefore = messages.filter(({ sid }) => stored.has(sid));
    await purgeAgain(
      tx,
      queue,
      storedBefore.map(({ from, receivedAt }) => ({
        senderIds: [senderIds.of(from), ...senderIds.formerOf(from)],
        receivedAt,
      })),
    );
  };
}

/** The sids of those of these messages that have more data in the database than a tombstone has. */
async function findStored(tx: Transaction, sids: readonly string[]): Promise<Set<string>> {
  const rows = await tx.$queryRaw<{ sid: string }[]>`
    SELECT sid FROM message
    WHERE sid = ANY(${sids}) AND deleted_at IS NULL
      AND ("from" <> '' OR "to" <> '' OR body <> '' OR params <> '{}')`;
  return new Set(rows.map(({ sid }) => sid));
}
