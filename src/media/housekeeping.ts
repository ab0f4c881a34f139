import { basename } from 'node:path';
import type { Logger } from 'pino';
import { removeExpiredSessions } from '../auth/sessions.ts';
import type { Database } from '../database/database.ts';
import { createLoggedTask } from '../database/logged-task.ts';
import { MEDIA_BY_SID, type MediaPlace, NEWEST_MEDIA_FIRST } from '../database/media-scan.ts';
import { createTurns } from '../database/periodic-turn.ts';
import { type ScanOrder, scanRows } from '../database/scan-rows.ts';
import { databaseIdentity } from '../database/shared-secret.ts';
import type { BlobStore } from '../files/blob-store.ts';
import { writerOf } from '../files/file-names.ts';
import { type Media, Prisma } from '../generated/prisma/client.ts';
import { removeExpiredAnswers } from '../http/idempotency.ts';
import { PATIENT } from '../jobs/job-list.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import { repeatTask } from '../lifecycle/repeat-task.ts';
import { type FileWriter, writerLock } from './file-writer.ts';

const RESEND_EVERY_MS = 5 * 60_000;
const SWEEP_EVERY_MS = 3_600_000;

/**
 * Regularly cleans up: orphaned files, expired idempotency keys, sessions and acts every hour, rows without a job
 * every five minutes.
 *
 * @returns a function that stops it
 */
export function startHousekeeping(deps: {
  database: Database;
  queue: JobQueue;
  blobs: BlobStore;
  writer: FileWriter;
  /** Removes acts that ended long ago. */
  forgetOthers: () => Promise<void>;
  /** Re-queues the lost jobs of deletions, acts, scans, transcripts and verifications. */
  resendOthers: () => Promise<void>;
  log: Logger;
}): () => Promise<void> {
  const { database, queue, log } = deps;
  const isTurn = createTurns(database, 'orphaned-files', SWEEP_EVERY_MS);
  const sweep = createLoggedTask(
    log,
    {
      begins: 'orphaned files cannot be removed, retrying',
      ends: 'orphaned files are removed again',
    },
    async (ending) => {
      const count = await sweepOrphans(deps, ending, isTurn);
      if (count > 0) log.warn({ count }, 'orphaned files were removed');
    },
  );
  const resend = createLoggedTask(
    log,
    {
      begins: 'lost jobs cannot be queued again, retrying',
      ends: 'lost jobs are queued again',
    },
    async () => {
      const count = await resendStrandedJobs(database, queue);
      if (count > 0) log.warn({ count }, 'jobs that were lost were queued again');
    },
  );
  const resendOthers = createLoggedTask(
    log,
    {
      begins:
        'lost jobs of deletions, acts, scans, transcripts and verifications cannot be queued again, retrying',
      ends: 'lost jobs of deletions, acts, scans, transcripts and verifications are queued again',
    },
    deps.resendOthers,
  );
  const forget = createLoggedTask(
    log,
    {
      begins: 'expired idempotency keys, sessions and acts cannot be removed, retrying',
      ends: 'expired idempotency keys, sessions and acts are removed again',
    },
    async () => {
      await removeExpiredAnswers(database);
      await removeExpiredSessions(database);
      await deps.forgetOthers();
    },
  );
  return repeatTask(
    { task: forget, everyMs: SWEEP_EVERY_MS },
    { task: sweep, everyMs: SWEEP_EVERY_MS },
    { task: resend, everyMs: RESEND_EVERY_MS },
    { task: resendOthers, everyMs: RESEND_EVERY_MS },
  );
}

const STRANDED_AFTER_MS = 10 * 60_000;
const JOBS_PER_BATCH = 200;

/**
 * Queues a new job for rows that are long overdue and so may have lost theirs: pending media, and
 * copies that are to be deleted at Twilio. A surplus job does nothing, because the row decides; a job
 * that still waits is not duplicated.
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
    for (let begin = 0; begin < rows.length; begin += JOBS_PER_BATCH) {
      const jobs = rows
        .slice(begin, begin + JOBS_PER_BATCH)
        .map(({ sid: mediaSid }) => ({ payload: { mediaSid }, priority: PATIENT }));
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

const FILES_PER_BATCH = 500;

/**
 * Removes what crashed processes left behind: their scratch files, and files that no row references.
 * Files of live processes are never touched, so this may run at any time and needs no clock. Files
 * whose name contains no writer, or a writer that is not registered in this database, are kept as well:
 * running the sweep on a wrong or restored database loses nothing.
 *
 * @param deps.writer this process
 * @param isTurn asked before the shared files are listed; scratch files are of this machine
 * @returns how many
 */
export async function sweepOrphans(
  { database, blobs, writer }: { database: Database; blobs: BlobStore; writer: FileWriter },
  signal: AbortSignal,
  isTurn: () => Promise<boolean> = async () => true,
): Promise<number> {
  await retireDeadWriters(database, writer);
  const home = await databaseIdentity(database);
  let removed = 0;

  async function sweepScratch(names: string[]): Promise<void> {
    for (const name of await ofRetiredWriters(database, home, names)) {
      await blobs.discard(name);
      removed += 1;
    }
  }

  async function findOrphans(keys: string[]): Promise<string[]> {
    return unreferenced(database, await ofRetiredWriters(database, home, keys));
  }

  async function sweepBatch(keys: string[]): Promise<void> {
    for (const key of await findOrphans(keys)) {
      if (signal.aborted) return;
      // Looked up again: removing the others may have taken long, and a list of orphans must never be old.
      const [orphan] = await findOrphans([key]);
      if (orphan === undefined) continue;
      await blobs.remove(orphan);
      removed += 1;
    }
  }

  await sweepScratch(await blobs.scratchNames());
  if (!(await isTurn())) return removed;
  let batch: string[] = [];
  for await (const key of blobs.list()) {
    if (signal.aborted) return removed;
    batch.push(key);
    if (batch.length < FILES_PER_BATCH) continue;
    await sweepBatch(batch);
    batch = [];
  }
  await sweepBatch(batch);
  return removed;
}

/**
 * Retires the writers whose lock is free. It waits for their transactions that still run; after that,
 * no row can start to reference one of their files. The lock, which is a worker's sign of life as well, is taken shared:
 * who looks for silent workers or for a server on the source of a move does not take this process for its holder.
 */
async function retireDeadWriters({ prisma }: Database, writer: FileWriter): Promise<void> {
  const others = await prisma.fileWriter.findMany({
    where: { id: { not: writer.id() }, retiredAt: null },
  });
  for (const { id } of others) {
    await prisma.$executeRaw`
      UPDATE file_writer SET retired_at = now()
      WHERE id = ${id} AND retired_at IS NULL
        AND pg_try_advisory_xact_lock_shared(hashtextextended(${writerLock(id)}, 0))`;
  }
}

/** The files whose writer is registered in this database and retired. */
async function ofRetiredWriters(
  { prisma }: Database,
  home: string,
  names: readonly string[],
): Promise<string[]> {
  const ids = new Set(names.flatMap((name) => writerOf(basename(name)) ?? []));
  const rows = await prisma.fileWriter.findMany({
    where: { id: { in: [...ids] }, home, retiredAt: { not: null } },
  });
  const retired = new Set<string | null>(rows.map(({ id }) => id));
  return names.filter((name) => retired.has(writerOf(basename(name))));
}

/** The files that no row references. */
async function unreferenced({ prisma }: Database, keys: readonly string[]): Promise<string[]> {
  const isAmong = { where: { key: { in: [...keys] } }, select: { key: true } };
  const rows = [
    ...(await prisma.blob.findMany(isAmong)),
    ...(await prisma.preview.findMany(isAmong)),
    ...(await prisma.rendition.findMany(isAmong)),
  ];
  const referenced = new Set(rows.map(({ key }) => key));
  return keys.filter((key) => !referenced.has(key));
}
