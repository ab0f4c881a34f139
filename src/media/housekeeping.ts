import type { Logger } from 'pino';
import type { JobQueue } from '../jobs/job-queue.ts';
import { resendDeletionJobs } from '../moderation/deletions/resend-deletion-jobs.ts';
import type { BlobStore } from '../storage/blob-store.ts';
import type { Database } from '../storage/database.ts';
import { resendStrandedJobs } from './resend-stranded-jobs.ts';
import { sweepOrphans } from './sweep-orphans.ts';

const EVERY_MS = 5 * 60_000;
// Longer than any download and its commit may take.
const SHARED_GRACE_MS = 3_600_000;

/**
 * Cleans up behind processes that ended in the middle of something: scratch files and orphaned blobs
 * once at the start, rows without a job now and every five minutes.
 *
 * @returns what ends it
 */
export async function startHousekeeping(deps: {
  database: Database;
  queue: JobQueue;
  blobs: BlobStore;
  log: Logger;
}): Promise<() => Promise<void>> {
  const { database, queue, blobs, log } = deps;
  // The embedded database has one process: whatever was written before now has no other owner.
  const grace = database.kind === 'embedded' ? 0 : SHARED_GRACE_MS;
  await blobs.sweepScratch(grace);

  const ending = new AbortController();
  const report = async (task: Promise<number>, words: string) => {
    const count = await task.catch((error: Error) => {
      if (!ending.signal.aborted) log.error({ err: error }, `housekeeping failed: ${words}`);
      return 0;
    });
    if (count > 0) log.warn({ count }, words);
  };
  const resend = async () => {
    await report(resendStrandedJobs(database, queue), 'rows that had lost their job got a new one');
    await resendDeletionJobs(database, queue).catch((error: Error) => {
      if (!ending.signal.aborted) log.error({ err: error }, 'housekeeping failed: deletions');
    });
  };
  const cutoff = new Date(Date.now() - grace);
  let running = report(
    sweepOrphans(database, blobs, cutoff, ending.signal),
    'files that no row names were removed',
  ).then(resend);
  const timer = setInterval(() => {
    running = running.then(resend);
  }, EVERY_MS);

  return async () => {
    clearInterval(timer);
    ending.abort();
    await running;
  };
}
