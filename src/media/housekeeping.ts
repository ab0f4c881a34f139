import type { Logger } from 'pino';
import type { JobQueue } from '../jobs/job-queue.ts';
import type { BlobStore } from '../storage/blob-store.ts';
import type { Database } from '../storage/database.ts';
import type { FileWriter } from '../storage/file-writer.ts';
import { resendStrandedJobs } from './resend-stranded-jobs.ts';
import { sweepOrphans } from './sweep-orphans.ts';

const EVERY_MS = 5 * 60_000;

/**
 * Cleans up behind processes that ended in the middle of something: their files once at the start, rows
 * without a job now and every five minutes.
 *
 * @returns what ends it
 */
export async function startHousekeeping(deps: {
  database: Database;
  queue: JobQueue;
  blobs: BlobStore;
  writer: FileWriter;
  log: Logger;
}): Promise<() => Promise<void>> {
  const { database, queue, log } = deps;
  const ending = new AbortController();
  const report = async (task: Promise<number>, words: string) => {
    const count = await task.catch((error: Error) => {
      if (!ending.signal.aborted) log.error({ err: error }, `housekeeping failed: ${words}`);
      return 0;
    });
    if (count > 0) log.warn({ count }, words);
  };
  const resend = () =>
    report(resendStrandedJobs(database, queue), 'rows that had lost their job got a new one');
  let running = report(
    sweepOrphans(deps, ending.signal),
    'files that a process left behind were removed',
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
