import type { Database, Transaction } from '../../database/database.ts';
import type { JobHandler } from '../../jobs/job-list.ts';
import type { JobQueue } from '../../jobs/job-queue.ts';

/**
 * The job `purge-database`: leaves nothing in the database's files of what was erased. It writes everything
 * anew, so one run serves all erasures that have come to their end when it begins; what ends meanwhile, or
 * ends again, waits for the next. A run that was broken off is begun anew.
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
      // Erased again meanwhile, it is not served by this run.
      await erasure.updateMany({ where: { id, erasedAt }, data: { purgedAt } });
    }
  };
}

/**
 * Has the files purged of messages that were erased after their erasure had come to its end: it ends anew by
 * that. One that has not ended yet has its purge before it.
 *
 * @param erased of each message when it was received, and the ids of its sender
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
