import type { Database } from '../../database/database.ts';
import type { JobHandler } from '../../jobs/job-list.ts';
import type { JobQueue } from '../../jobs/job-queue.ts';
import type { RunDeletion } from '../deletions/run-deletion.ts';

// Files that cannot be removed now have a schedule of their own.
const AGAIN_MS = 30_000;

/** The job `erase-sender`: deletes what an erasure reaches; what the database's files keep of it goes by another. */
export function createEraseSender(deps: {
  database: Database;
  queue: JobQueue;
  runDeletion: RunDeletion;
}): JobHandler<'erase-sender'> {
  const { database, queue, runDeletion } = deps;
  const { prisma } = database;

  return async ({ id }, signal) => {
    const erasure = await prisma.erasure.findUnique({ where: { id } });
    if (erasure === null || erasure.erasedAt !== null) return;
    const { deletionId } = erasure;
    if (deletionId !== null && !(await runDeletion(deletionId, signal))) {
      const startAfter = new Date(Date.now() + AGAIN_MS);
      await prisma.$transaction((tx) =>
        queue.send(tx, 'erase-sender', [{ payload: { id }, startAfter }]),
      );
      return;
    }
    await prisma.$transaction(async (tx) => {
      await tx.erasure.updateMany({
        where: { id, erasedAt: null },
        data: { erasedAt: new Date() },
      });
      await queue.send(tx, 'purge-database', [{ payload: {} }]);
    });
  };
}
