import type { Prisma } from '../generated/prisma/client.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import type { Database, Transaction } from '../storage/database.ts';

const STRANDED_AFTER_MS = 10 * 60_000;
const BATCH = 1000;

/**
 * Gives rows whose turn has long come, and so may have lost their job, a new one: pending media, and
 * copies that are to be deleted at Twilio. A job too many does nothing, the row decides; one that
 * still waits is not doubled.
 *
 * @returns how many
 */
export async function resendStrandedJobs(database: Database, queue: JobQueue): Promise<number> {
  const before = new Date(Date.now() - STRANDED_AFTER_MS);
  let resent = 0;
  let after = '';
  for (;;) {
    const { sids, sent } = await database.prisma.$transaction((tx) =>
      resendBatch(tx, queue, before, after),
    );
    resent += sent;
    after = sids.at(-1) ?? '';
    if (sids.length < BATCH) return resent;
  }
}

/** @returns the sids that were looked at, in their order, those behind `after` only, and how many got a job */
async function resendBatch(
  tx: Transaction,
  queue: JobQueue,
  before: Date,
  after: string,
): Promise<{ sids: string[]; sent: number }> {
  const isLongDue: Prisma.MediaWhereInput = {
    state: 'pending',
    receivedAt: { lt: before },
    OR: [{ nextAttemptAt: null }, { nextAttemptAt: { lt: before } }],
  };
  const isToBeDeleted: Prisma.MediaWhereInput = {
    upstream: 'deleting',
    receivedAt: { lt: before },
  };
  const rows = await tx.media.findMany({
    where: { sid: { gt: after }, OR: [isLongDue, isToBeDeleted] },
    select: { sid: true, state: true, blobSha256: true },
    orderBy: { sid: 'asc' },
    take: BATCH,
  });
  const jobs = (which: (row: (typeof rows)[number]) => boolean) =>
    rows.filter(which).map(({ sid }) => ({ payload: { mediaSid: sid } }));
  const isPending = (row: (typeof rows)[number]) => row.state === 'pending';
  let sent = 0;
  sent += await queue.sendMissing(
    tx,
    'fetch-media',
    jobs((row) => isPending(row) && row.blobSha256 === null),
  );
  sent += await queue.sendMissing(
    tx,
    'preview-media',
    jobs((row) => isPending(row) && row.blobSha256 !== null),
  );
  sent += await queue.sendMissing(
    tx,
    'delete-upstream',
    jobs((row) => !isPending(row)),
  );
  return { sids: rows.map(({ sid }) => sid), sent };
}
