import type { Database } from '../../database/database.ts';
import type { JobQueue } from '../../jobs/job-queue.ts';

const BATCH = 1000;

/**
 * Gives deletions that may have lost their job a new one: those with something left here, and messages
 * that wait for Twilio (media do in `resendStrandedJobs`). A job too many does nothing, the row decides;
 * one that still waits is not doubled.
 */
export async function resendDeletionJobs({ prisma }: Database, queue: JobQueue): Promise<void> {
  const deletions = await prisma.deletion.findMany({
    where: { completedAt: null, targets: { some: { local: { in: ['pending', 'retrying'] } } } },
    select: { id: true },
    orderBy: { id: 'asc' },
    take: BATCH,
  });
  const messages = await prisma.$queryRaw<{ messageSid: string }[]>`
    SELECT DISTINCT message_sid AS "messageSid" FROM deletion_target
    JOIN deletion ON deletion.id = deletion_id
    WHERE completed_at IS NULL AND is_open AND sid = message_sid AND forgotten_at IS NOT NULL
      AND upstream IN ('pending', 'retrying') AND coalesce(next_try_at, forgotten_at) < now()
    LIMIT ${BATCH}`;
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
