import { recordAudit } from '../../audit/record-audit.ts';
import type { Database, Transaction } from '../../database/database.ts';
import { AppError } from '../../errors/app-error.ts';
import { Prisma, type TargetState } from '../../generated/prisma/client.ts';
import type { JobQueue } from '../../jobs/job-queue.ts';
import { findDeletion } from './read-deletions.ts';

const BATCH = 1000;

/**
 * Retries immediately everything of a deletion that is not done, instead of at its scheduled time.
 *
 * @throws AppError `not_found`; `conflict` when all of it is done
 */
export type RetryDeletion = (id: bigint, actor: string) => Promise<void>;

export function createRetryDeletion(database: Database, queue: JobQueue): RetryDeletion {
  const { prisma } = database;

  return async (id, actor) => {
    const { completedAt } = await findDeletion(database, id);
    if (completedAt !== null) throw new AppError('conflict', 'All of this deletion is done.');
    const target = String(id);
    await prisma.$transaction(async (tx) => {
      await recordAudit(tx, [{ actor, action: 'deletion.retry', target }]);
      await tx.deletionTarget.updateMany({
        where: { deletionId: id, local: 'retrying' },
        data: { localNextAttemptAt: new Date() },
      });
      await queue.send(tx, 'delete-local', [{ payload: { deletionId: target, byHand: true } }]);
    });
    let after = '';
    for (;;) {
      const sids = await prisma.$transaction((tx) => retryBatch(tx, queue, id, after));
      if (sids.length < BATCH) return;
      after = sids.at(-1) ?? '';
    }
  };
}

/** @returns the sids that got a job, in order; only sids greater than `after` */
async function retryBatch(
  tx: Transaction,
  queue: JobQueue,
  deletionId: bigint,
  after: string,
): Promise<string[]> {
  const targets = await tx.deletionTarget.findMany({
    where: {
      deletionId,
      isOpen: true,
      sid: { gt: after },
      forgottenAt: { not: null },
      upstream: { in: ['pending', 'retrying'] },
    },
    select: { sid: true, kind: true, messageSid: true },
    orderBy: { sid: 'asc' },
    take: BATCH,
  });
  const byHand = true;
  const media = targets.filter(({ kind }) => kind === 'media');
  await queue.send(
    tx,
    'delete-upstream',
    media.map(({ sid: mediaSid }) => ({ payload: { mediaSid, byHand } })),
  );
  const messages = targets.filter(({ kind }) => kind === 'message');
  await queue.send(
    tx,
    'delete-upstream-message',
    messages.map(({ messageSid }) => ({ payload: { messageSid, byHand } })),
  );
  return targets.map(({ sid }) => sid);
}

const RESEND_BATCH = 1000;

/**
 * Queues new jobs for deletions that may have lost theirs: those with something left to delete here, and
 * messages that wait for Twilio (`resendStrandedJobs` does so for media). A superfluous job does nothing,
 * because the row decides; one that is still queued is not duplicated.
 */
export async function resendDeletionJobs({ prisma }: Database, queue: JobQueue): Promise<void> {
  const deletions = await prisma.$queryRaw<{ id: bigint }[]>`
    SELECT id FROM deletion WHERE completed_at IS NULL AND (${hasLocal('pending')} OR ${hasLocal('retrying')})
    ORDER BY id LIMIT ${RESEND_BATCH}`;
  const messages = await prisma.$queryRaw<{ messageSid: string }[]>`
    SELECT DISTINCT message_sid AS "messageSid" FROM deletion_target
    JOIN deletion ON deletion.id = deletion_id
    WHERE completed_at IS NULL AND is_open AND kind = 'message' AND forgotten_at IS NOT NULL
      AND upstream IN ('pending', 'retrying') AND coalesce(next_try_at, forgotten_at) < now()
    LIMIT ${RESEND_BATCH}`;
  await prisma.$transaction(async (tx) => {
    await queue.sendMissing(
      tx,
      'delete-local',
      deletions.map(({ id }) => ({ payload: { deletionId: String(id) } })),
    );
    await queue.sendMissing(
      tx,
      'delete-upstream-message',
      messages.map((payload) => ({ payload })),
    );
  });
}

/** One look at an index: with both states in one condition PostgreSQL reads all targets of a deletion that waits for Twilio. */
function hasLocal(state: TargetState): Prisma.Sql {
  return Prisma.sql`(
    SELECT sid FROM deletion_target
    WHERE deletion_id = deletion.id AND local = ${state}::"TargetState" ORDER BY sid LIMIT 1) IS NOT NULL`;
}
