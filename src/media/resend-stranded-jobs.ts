import type { JobQueue } from '../jobs/job-queue.ts';
import type { Database } from '../storage/database.ts';

const STRANDED_AFTER_MS = 10 * 60_000;
const BATCH = 1000;

/**
 * Gives pending media whose turn has long come, and so may have lost their job, a new one. A job too
 * many does nothing: the row decides.
 *
 * @returns how many
 */
export async function resendStrandedJobs(database: Database, queue: JobQueue): Promise<number> {
  const before = new Date(Date.now() - STRANDED_AFTER_MS);
  return database.prisma.$transaction(async (tx) => {
    const stranded = await tx.media.findMany({
      where: {
        state: 'pending',
        receivedAt: { lt: before },
        OR: [{ nextAttemptAt: null }, { nextAttemptAt: { lt: before } }],
      },
      select: { sid: true, blobSha256: true },
      take: BATCH,
    });
    const jobs = (hasBytes: boolean) =>
      stranded
        .filter(({ blobSha256 }) => (blobSha256 !== null) === hasBytes)
        .map(({ sid }) => ({ payload: { mediaSid: sid } }));
    await queue.send(tx, 'fetch-media', jobs(false));
    await queue.send(tx, 'preview-media', jobs(true));
    return stranded.length;
  });
}
