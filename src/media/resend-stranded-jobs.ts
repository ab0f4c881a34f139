import type { Database } from '../database/database.ts';
import { MEDIA_BY_SID, type MediaPlace, NEWEST_MEDIA_FIRST } from '../database/media-scan.ts';
import { type ScanOrder, scanRows } from '../database/scan-rows.ts';
import { type Media, Prisma } from '../generated/prisma/client.ts';
import type { JobQueue } from '../jobs/job-queue.ts';

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
