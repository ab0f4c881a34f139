import { setImmediate, setTimeout } from 'node:timers/promises';
import type { Deletion } from '../../generated/prisma/client.ts';
import type { BlobStore } from '../../storage/blob-store.ts';
import type { Database } from '../../storage/database.ts';
import { type ForgetDeps, forgetTargets } from './forget-targets.ts';
import { BytesArrived } from './lock-targets.ts';
import { keepMutes } from './record-deletion.ts';
import { removeTargetFiles } from './remove-target-files.ts';

const FIRST_POLL_MS = 50;
const LONGEST_POLL_MS = 2000;

export interface RunDeps extends ForgetDeps {
  database: Database;
  blobs: BlobStore;
}

/**
 * Deletes here what is left of a deletion. Several may work on the same one, in one process or many:
 * each takes what the others have not. Of another deletion it never waits for more than the end of a
 * transaction.
 *
 * @returns whether all bytes and previews are gone; false when some files could not be removed, which
 *   is tried again
 */
export type RunDeletion = (deletionId: bigint, signal?: AbortSignal) => Promise<boolean>;

export function createRunDeletion(deps: RunDeps): RunDeletion {
  const { prisma } = deps.database;

  return async (id, signal) => {
    const deletion = await prisma.deletion.findUnique({ where: { id } });
    if (deletion === null) return true;
    if (deletion.withMessages) await keepMutes(prisma, id);
    let pollMs = FIRST_POLL_MS;
    for (;;) {
      // The embedded database does not let go of the event loop: others have a turn between batches.
      await setImmediate();
      signal?.throwIfAborted();
      if ((await forgetNext(deletion)) > 0) continue;
      // Behind the last tombstone: only then it shows which bytes somebody else has, too.
      if ((await isForgotten(id)) && (await removeTargetFiles(deps, id)) > 0) continue;
      const left = await partsLeft(id);
      if (left.pending === 0) return left.retrying === 0;
      // Another worker of this deletion has them in a transaction.
      await setTimeout(pollMs, undefined, { signal });
      pollMs = Math.min(pollMs * 2, LONGEST_POLL_MS);
    }
  };

  /** Whether every target is a tombstone, by this deletion or another. */
  async function isForgotten(deletionId: bigint): Promise<boolean> {
    // As the index of those that are to be forgotten has it.
    const [{ is }] = await prisma.$queryRaw<[{ is: boolean }]>`
      SELECT NOT EXISTS (
        SELECT 1 FROM deletion_target
        WHERE deletion_id = ${deletionId} AND local = 'pending' AND forgotten_at IS NULL
      ) AS is`;
    return is;
  }

  function forgetNext(deletion: Deletion): Promise<number> {
    return againWhenBytesArrive(() =>
      prisma.$transaction(async (tx) => (await forgetTargets(tx, deps, deletion)).seen),
    );
  }

  async function partsLeft(deletionId: bigint): Promise<{ pending: number; retrying: number }> {
    const groups = await prisma.deletionTarget.groupBy({
      by: ['local'],
      where: { deletionId, local: { in: ['pending', 'retrying'] } },
      _count: true,
    });
    const count = (state: string) => groups.find(({ local }) => local === state)?._count ?? 0;
    return { pending: count('pending'), retrying: count('retrying') };
  }
}

/** Runs a transaction that forgets media until no bytes come in between. */
export async function againWhenBytesArrive<T>(transaction: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await transaction();
    } catch (error) {
      if (!(error instanceof BytesArrived)) throw error;
    }
  }
}
