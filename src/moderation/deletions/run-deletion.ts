import { setImmediate } from 'node:timers/promises';
import type { Database } from '../../database/database.ts';
import type { BlobStore } from '../../files/blob-store.ts';
import type { Deletion } from '../../generated/prisma/client.ts';
import type { JobHandler } from '../../jobs/job-list.ts';
import type { JobQueue } from '../../jobs/job-queue.ts';
import type { TombstoneDeps } from './deletion-target.ts';
import { BytesArrived } from './lock-targets.ts';
import { keepMutes } from './record-deletion.ts';
import { removeTargetFiles } from './remove-target-files.ts';
import { tombstoneTargets } from './tombstone-targets.ts';

export interface RunDeps extends TombstoneDeps {
  database: Database;
  blobs: BlobStore;
}

/**
 * Deletes here what is left of a deletion. Several workers may run the same one, in one process or many;
 * each waits at most for the end of another one's transaction.
 *
 * @returns whether all bytes and previews are gone; false when some files could not be removed, which
 *   is retried
 */
export type RunDeletion = (deletionId: bigint, signal?: AbortSignal) => Promise<boolean>;

export function createRunDeletion(deps: RunDeps): RunDeletion {
  const { prisma } = deps.database;

  return async (id, signal) => {
    const deletion = await prisma.deletion.findUnique({ where: { id } });
    if (deletion === null) return true;
    if (deletion.withMessages) await keepMutes(prisma, id);
    for (;;) {
      // The embedded database runs one statement at a time: other work gets a turn between batches.
      await setImmediate();
      signal?.throwIfAborted();
      if ((await tombstoneNext(deletion)) > 0) continue;
      // Only after the last tombstone is it known which bytes other attachments share.
      if ((await removeTargetFiles(deps, id)) === 0) return !(await waitsForRetry(id));
    }
  };

  function tombstoneNext(deletion: Deletion): Promise<number> {
    return retryWhenBytesArrive(() =>
      prisma.$transaction(async (tx) => (await tombstoneTargets(tx, deps, deletion)).seen),
    );
  }

  /** Whether files could not be removed and wait for a retry. */
  async function waitsForRetry(deletionId: bigint): Promise<boolean> {
    const where = { deletionId, local: 'retrying' } as const;
    return (await prisma.deletionTarget.findFirst({ where, select: { sid: true } })) !== null;
  }
}

/** Runs a transaction that makes tombstones of media, again for as long as bytes arrive in between. */
export async function retryWhenBytesArrive<T>(transaction: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await transaction();
    } catch (error) {
      if (!(error instanceof BytesArrived)) throw error;
    }
  }
}

/**
 * The job `delete-local`: continues a deletion whose process ended in the middle, or whose files could not
 * be removed.
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
        _min: { localNextAttemptAt: true },
      });
      const startAfter = _min.localNextAttemptAt ?? new Date();
      await queue.send(tx, 'delete-local', [{ payload: { deletionId }, startAfter }]);
    });
  };
}
