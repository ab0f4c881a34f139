import type { Logger } from 'pino';
import type { JobQueue } from '../jobs/job-queue.ts';
import type { BlobStore } from '../storage/blob-store.ts';
import type { Database } from '../storage/database.ts';
import type { FileWriter } from '../storage/file-writer.ts';
import { resendStrandedJobs } from './resend-stranded-jobs.ts';
import { sweepOrphans } from './sweep-orphans.ts';

const RESEND_EVERY_MS = 5 * 60_000;
const SWEEP_EVERY_MS = 3_600_000;

/**
 * Cleans up behind processes that ended in the middle of something, now and again: orphaned files every
 * hour, rows without a job every five minutes.
 *
 * @returns what ends it
 */
export async function startHousekeeping(deps: {
  database: Database;
  queue: JobQueue;
  blobs: BlobStore;
  writer: FileWriter;
  /** Gives rows of other folders that lost their job a new one. */
  resendOthers: () => Promise<void>;
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
  const resend = async () => {
    await report(resendStrandedJobs(database, queue), 'rows that had lost their job got a new one');
    await deps.resendOthers().catch((error: Error) => {
      if (!ending.signal.aborted) log.error({ err: error }, 'housekeeping failed: lost jobs');
    });
  };
  const sweep = () =>
    report(sweepOrphans(deps, ending.signal), 'files that a process left behind were removed');
  // One after the other, whatever takes long.
  let running = sweep().then(resend);
  const inTurn = (task: () => Promise<void>) => () => {
    running = running.then(task);
  };
  const timers = [
    setInterval(inTurn(resend), RESEND_EVERY_MS),
    setInterval(inTurn(sweep), SWEEP_EVERY_MS),
  ];

  return async () => {
    for (const timer of timers) clearInterval(timer);
    ending.abort();
    await running;
  };
}
