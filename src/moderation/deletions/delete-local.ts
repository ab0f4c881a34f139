import type { Database } from '../../database/database.ts';
import type { JobHandler } from '../../jobs/job-list.ts';
import type { JobQueue } from '../../jobs/job-queue.ts';
import type { RunDeletion } from './run-deletion.ts';

/**
 * The job `delete-local`: goes on with a deletion whose process ended in the middle, or whose files
 * could not be removed.
 */
export function createDeleteLocal(deps: {
  database: Database;
  queue: JobQueue;
  runDeletion: RunDeletion;
}): JobHandler<'delete-local'> {
  const { database, queue, runDeletion } = deps;
  return async ({ deletionId }, signal) => {
    const id = BigInt(deletionId);
    if (await runDeletion(id, signal)) return;
    await database.prisma.$transaction(async (tx) => {
      const { _min } = await tx.deletionTarget.aggregate({
        where: { deletionId: id, local: 'retrying' },
        _min: { localNextTryAt: true },
      });
      const startAfter = _min.localNextTryAt ?? new Date();
      await queue.send(tx, 'delete-local', [{ payload: { deletionId }, startAfter }]);
    });
  };
}
