import type { Database } from '../../database/database.ts';
import type { JobQueue } from '../../jobs/job-queue.ts';

/** An act is known for so long after it has ended. */
const KEPT_MS = 30 * 86_400_000;
const LOST_AFTER_MS = 60_000;
const JOBS_PER_BATCH = 200;

/**
 * Queues a new job for acts that are long due, and so may have lost theirs. A surplus job does nothing, because the
 * row decides.
 */
export async function resendActs({ prisma }: Database, queue: JobQueue): Promise<void> {
  let after = '';
  for (;;) {
    const batch = await prisma.delayedAct.findMany({
      where: {
        state: 'waiting',
        runsAt: { lt: new Date(Date.now() - LOST_AFTER_MS) },
        mediaSid: { gt: after },
      },
      orderBy: { mediaSid: 'asc' },
      take: JOBS_PER_BATCH,
      select: { id: true, mediaSid: true },
    });
    const jobs = batch.map(({ id }) => ({ payload: { id } }));
    await prisma.$transaction((tx) => queue.sendMissing(tx, 'run-act', jobs));
    const last = batch.at(-1);
    if (last === undefined || batch.length < JOBS_PER_BATCH) return;
    after = last.mediaSid;
  }
}

/** Removes acts that ended long ago: the audit log has what they did. */
export async function removeOldActs({ prisma }: Database): Promise<void> {
  await prisma.delayedAct.deleteMany({
    where: { endedAt: { lt: new Date(Date.now() - KEPT_MS) } },
  });
}
