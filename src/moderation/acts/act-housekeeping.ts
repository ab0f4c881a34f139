import type { Database } from '../../database/database.ts';
import type { JobQueue } from '../../jobs/job-queue.ts';
import { resendJobs } from '../../jobs/resend-jobs.ts';

/** An act is known for so long after it has ended. */
const KEPT_MS = 30 * 86_400_000;
const LOST_AFTER_MS = 60_000;

/** Queues a new job for acts that are long due, and so may have lost theirs. */
export function resendActs(database: Database, queue: JobQueue): Promise<void> {
  return resendJobs(
    database,
    queue,
    'run-act',
    (after, take) =>
      database.prisma.delayedAct.findMany({
        where: {
          state: 'waiting',
          runsAt: { lt: new Date(Date.now() - LOST_AFTER_MS) },
          id: { gt: after },
        },
        orderBy: { id: 'asc' },
        take,
        select: { id: true },
      }),
    ({ id }) => ({ place: id, job: { payload: { id } } }),
  );
}

/** Removes acts that ended long ago: the audit log has what they did. */
export async function removeOldActs({ prisma }: Database): Promise<void> {
  await prisma.delayedAct.deleteMany({
    where: { endedAt: { lt: new Date(Date.now() - KEPT_MS) } },
  });
}
