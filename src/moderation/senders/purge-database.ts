import type { Database, Transaction } from '../../database/database.ts';
import type { JobHandler } from '../../jobs/job-list.ts';
import type { JobQueue } from '../../jobs/job-queue.ts';

/**
 * The job `purge-database`: removes from the database's files everything that was erased. It rewrites all
 * data, so one run serves all erasures that are finished when it starts; those that finish meanwhile, or
 * finish again, wait for the next run. An interrupted run starts over.
 */
export function createPurgeDatabase(database: Database): JobHandler<'purge-database'> {
  const { erasure } = database.prisma;
  return async (_payload, signal) => {
    const waiting = await erasure.findMany({
      where: { erasedAt: { not: null }, purgedAt: null },
      select: { id: true, erasedAt: true },
    });
    if (waiting.length === 0) return;
    await database.purge(signal);
    const purgedAt = new Date();
    for (const { id, erasedAt } of waiting) {
      // An erasure that finished again meanwhile is not served by this run.
      await erasure.updateMany({ where: { id, erasedAt }, data: { purgedAt } });
    }
  };
}

/**
 * Requests another purge for messages that were erased after their erasure had finished: the erasure then
 * counts as finished only now. An erasure that has not finished yet will be purged anyway.
 *
 * @param erased when each message was received, and the ids of its sender
 * @param tx the caller commits it
 */
export async function purgeAgain(
  tx: Transaction,
  queue: JobQueue,
  erased: readonly { senderIds: string[]; receivedAt: Date }[],
): Promise<void> {
  if (erased.length === 0) return;
  const { count } = await tx.erasure.updateMany({
    where: {
      OR: erased.map(({ senderIds, receivedAt }) => ({
        senderId: { in: senderIds },
        createdAt: { gte: receivedAt },
      })),
      erasedAt: { not: null },
    },
    data: { erasedAt: new Date(), purgedAt: null },
  });
  if (count > 0) await queue.send(tx, 'purge-database', [{ payload: {} }]);
}
