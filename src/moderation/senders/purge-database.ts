import type { JobHandler } from '../../jobs/job-list.ts';
import type { Database } from '../../storage/database.ts';

/**
 * The job `purge-database`: leaves nothing in the database's files of what was erased. It writes everything
 * anew, so one run serves all erasures that have come to their end when it begins; what ends meanwhile waits
 * for the next. A run that was broken off is begun anew.
 */
export function createPurgeDatabase(database: Database): JobHandler<'purge-database'> {
  const { erasure } = database.prisma;
  return async (_payload, signal) => {
    const waiting = await erasure.findMany({
      where: { erasedAt: { not: null }, purgedAt: null },
      select: { id: true },
    });
    if (waiting.length === 0) return;
    await database.purge(signal);
    await erasure.updateMany({
      where: { id: { in: waiting.map(({ id }) => id) } },
      data: { purgedAt: new Date() },
    });
  };
}
