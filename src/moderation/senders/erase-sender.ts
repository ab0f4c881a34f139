import type { Database, Transaction } from '../../database/database.ts';
import { Prisma } from '../../generated/prisma/client.ts';
import type { EraseLate } from '../../inbound/initial-moderation.ts';
import type { JobHandler } from '../../jobs/job-list.ts';
import type { JobQueue } from '../../jobs/job-queue.ts';
import type { TombstoneDeps } from '../deletions/deletion-target.ts';
import { recordDeletion } from '../deletions/record-deletion.ts';
import type { RunDeletion } from '../deletions/run-deletion.ts';
import { tombstoneTargets } from '../deletions/tombstone-targets.ts';
import { purgeAgain } from './purge-database.ts';
import type { SenderIds } from './sender-id.ts';

// Files that cannot be removed now have a schedule of their own.
const AGAIN_MS = 30_000;

/** The job `erase-sender`: deletes what an erasure reaches; what the database's files keep of it goes by another. */
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
      const startAfter = new Date(Date.now() + AGAIN_MS);
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
 * Erases messages that were received before their sender was, and come only now: from a spool, by
 * reconciliation. In the transaction that writes them they become tombstones, with a deletion of their
 * own for Twilio's copies. Those that were here with text and numbers, by another road, have the database's
 * files purged again.
 */
export function createEraseLate(deps: TombstoneDeps & { senderIds: SenderIds }): EraseLate {
  const { queue, senderIds } = deps;
  return async (tx, messages) => {
    const sids = messages.map(({ sid }) => sid);
    const live = await tx.message.count({ where: { sid: { in: sids }, deletedAt: null } });
    if (live === 0) return;
    const written = await writtenOf(tx, sids);
    const selection = {
      media: Prisma.sql`media.message_sid = ANY(${sids})`,
      messages: Prisma.sql`message.sid = ANY(${sids})`,
    };
    const asked = { ...ERASURE, scope: 'erase', mediaSid: null };
    const { id } = await recordDeletion(tx, queue, asked, selection, 0);
    const deletion = { ...ERASURE, id, requestedBy: ERASURE.actor };
    // All at once: several batches in one transaction would break the order of locks.
    await tombstoneTargets(tx, deps, deletion, null);
    const were = messages.filter(({ sid }) => written.has(sid));
    await purgeAgain(
      tx,
      queue,
      were.map(({ from, receivedAt }) => ({
        senderIds: [senderIds.of(from), ...senderIds.formerOf(from)],
        receivedAt,
      })),
    );
  };
}

/** Of these messages the sids of those that have more in the database than a tombstone has. */
async function writtenOf(tx: Transaction, sids: readonly string[]): Promise<Set<string>> {
  const rows = await tx.$queryRaw<{ sid: string }[]>`
    SELECT sid FROM message
    WHERE sid = ANY(${sids}) AND deleted_at IS NULL
      AND ("from" <> '' OR "to" <> '' OR body <> '' OR params <> '{}')`;
  return new Set(rows.map(({ sid }) => sid));
}
