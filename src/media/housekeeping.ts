import type { Logger } from 'pino';
import type { Database } from '../database/database.ts';
import type { BlobStore } from '../files/blob-store.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import { repeatInTurn } from '../lifecycle/repeat-task.ts';
import { createLoggedTask } from '../monitoring/outage-log.ts';
import type { FileWriter } from './file-writer.ts';
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
  const sweep = createLoggedTask(
    log,
    {
      begins: 'files that processes left behind are not removed, tried again',
      ends: 'files that processes left behind are removed again',
    },
    async (ending) => {
      const count = await sweepOrphans(deps, ending);
      if (count > 0) log.warn({ count }, 'files that a process left behind were removed');
    },
  );
  const resend = createLoggedTask(
    log,
    {
      begins: 'rows that lost their job get no new one, tried again',
      ends: 'rows that lost their job get new ones again',
    },
    async () => {
      const count = await resendStrandedJobs(database, queue);
      if (count > 0) log.warn({ count }, 'rows that had lost their job got a new one');
    },
  );
  const resendOthers = createLoggedTask(
    log,
    {
      begins: 'deletions and scans that lost their job get no new one, tried again',
      ends: 'deletions and scans that lost their job get new ones again',
    },
    deps.resendOthers,
  );
  return repeatInTurn(
    { task: sweep, everyMs: SWEEP_EVERY_MS },
    { task: resend, everyMs: RESEND_EVERY_MS },
    { task: resendOthers, everyMs: RESEND_EVERY_MS },
  );
}
