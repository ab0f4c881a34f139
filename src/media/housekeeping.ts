import type { Logger } from 'pino';
import type { JobQueue } from '../jobs/job-queue.ts';
import { repeatInTurn } from '../repeat-in-turn.ts';
import type { BlobStore } from '../storage/blob-store.ts';
import type { Database } from '../storage/database.ts';
import type { FileWriter } from '../storage/file-writer.ts';
import { levelOf } from '../storage/server-client.ts';
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
export function startHousekeeping(deps: {
  database: Database;
  queue: JobQueue;
  blobs: BlobStore;
  writer: FileWriter;
  /** Gives rows of other folders that lost their job a new one. */
  resendOthers: () => Promise<void>;
  log: Logger;
}): () => Promise<void> {
  const { database, queue, log } = deps;
  const report = async (ending: AbortSignal, task: Promise<number>, words: string) => {
    const count = await task.catch((error: Error) => {
      if (!ending.aborted) log[levelOf(error)]({ err: error }, `housekeeping failed: ${words}`);
      return 0;
    });
    if (count > 0) log.warn({ count }, words);
  };
  const resend = async (ending: AbortSignal) => {
    const resent = resendStrandedJobs(database, queue);
    await report(ending, resent, 'rows that had lost their job got a new one');
    await deps.resendOthers().catch((error: Error) => {
      if (!ending.aborted) log[levelOf(error)]({ err: error }, 'housekeeping failed: lost jobs');
    });
  };
  const sweep = (ending: AbortSignal) =>
    report(ending, sweepOrphans(deps, ending), 'files that a process left behind were removed');
  return repeatInTurn(
    { task: sweep, everyMs: SWEEP_EVERY_MS },
    { task: resend, everyMs: RESEND_EVERY_MS },
  );
}
