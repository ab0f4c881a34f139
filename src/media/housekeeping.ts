import type { Logger } from 'pino';
import type { Database } from '../database/database.ts';
import { createLoggedTask } from '../database/logged-task.ts';
import { MEDIA_BY_SID, type MediaPlace, NEWEST_MEDIA_FIRST } from '../database/media-scan.ts';
import { type ScanOrder, scanRows } from '../database/scan-rows.ts';
import type { BlobStore } from '../files/blob-store.ts';
import { type Media, Prisma } from '../generated/prisma/client.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import { repeatTask } from '../lifecycle/repeat-task.ts';

import type { FileWriter } from './file-writer.ts';
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
  return repeatTask(
    { task: sweep, everyMs: SWEEP_EVERY_MS },
    { task: resend, everyMs: RESEND_EVERY_MS },
    { task: resendOthers, everyMs: RESEND_EVERY_MS },
  );
}

const STRANDED_AFTER_MS = 10 * 60_000;
const BATCH = 200;

/**
 * Gives rows whose turn has long come, and so may have lost their job, a new one: pending media, and
 * copies that are to be deleted at Twilio. A job too many does nothing, the row decides; one that
 * still waits is not doubled.
 *
 * @returns how many
 */
export async function resendStrandedJobs({ prisma }: Database, queue: JobQueue): Promise<number> {
  const before = new Date(Date.now() - STRANDED_AFTER_MS);
  let resent = 0;

  async function resend(
    job: 'fetch-media' | 'preview-media' | 'delete-upstream',
    rows: readonly { sid: string }[],
  ): Promise<void> {
    for (let begin = 0; begin < rows.length; begin += BATCH) {
      const jobs = rows
        .slice(begin, begin + BATCH)
        .map(({ sid: mediaSid }) => ({ payload: { mediaSid } }));
      resent += await prisma.$transaction((tx) => queue.sendMissing(tx, job, jobs));
    }
  }

  const longDue = {
    ranges: [Prisma.sql`state = 'pending' AND received_at < ${before}`],
    filter: Prisma.sql`next_attempt_at IS NULL OR next_attempt_at < ${before}`,
  };
  for await (const rows of scanRows(prisma, PENDING, longDue)) {
    await resend(
      'fetch-media',
      rows.filter(({ blobSha256 }) => blobSha256 === null),
    );
    await resend(
      'preview-media',
      rows.filter(({ blobSha256 }) => blobSha256 !== null),
    );
  }
  const toBeDeleted = {
    ranges: [Prisma.sql`upstream = 'deleting'`],
    filter: Prisma.sql`received_at < ${before} AND state <> 'pending'`,
  };
  for await (const rows of scanRows(prisma, MEDIA_BY_SID, toBeDeleted)) {
    await resend('delete-upstream', rows);
  }
  return resent;
}

const PENDING: ScanOrder<MediaPlace & Pick<Media, 'sid' | 'blobSha256'>, MediaPlace> = {
  ...NEWEST_MEDIA_FIRST,
  columns: { ...NEWEST_MEDIA_FIRST.columns, blobSha256: 'blob_sha256' },
};
