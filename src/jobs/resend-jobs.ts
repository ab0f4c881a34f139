import type { Database } from '../database/database.ts';
import type { JobName } from './job-list.ts';
import type { JobQueue, NewJob } from './job-queue.ts';

const JOBS_PER_BATCH = 200;

/**
 * Queues a new job for each row that may have lost its own. A surplus job does nothing, because the row decides; one
 * that still waits is not duplicated.
 *
 * @param readBatch reads the next rows in the order of a text column
 * @param jobOf the value of that column, and the job of the row
 */
export async function resendJobs<Row, N extends JobName>(
  { prisma }: Database,
  queue: JobQueue,
  name: N,
  readBatch: (after: string, most: number) => Promise<Row[]>,
  jobOf: (row: Row) => { place: string; job: NewJob<N> },
): Promise<void> {
  let after = '';
  for (;;) {
    const batch = (await readBatch(after, JOBS_PER_BATCH)).map(jobOf);
    const jobs = batch.map(({ job }) => job);
    await prisma.$transaction((tx) => queue.sendMissing(tx, name, jobs));
    const last = batch.at(-1);
    if (last === undefined || batch.length < JOBS_PER_BATCH) return;
    after = last.place;
  }
}
