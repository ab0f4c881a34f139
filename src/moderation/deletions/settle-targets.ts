import type { Transaction } from '../../database/database.ts';
import { recordEvents } from '../../events/record-events.ts';
import type { Deletion } from '../../generated/prisma/client.ts';

/**
 * Closes targets whose every part is done, and completes the deletions that have none left. To be
 * called in the transaction that changed a part, behind the change.
 *
 * @param tx the caller commits it
 * @param sids of targets; of every deletion that has them
 */
export async function settleTargets(tx: Transaction, sids: readonly string[]): Promise<void> {
  const closed = await tx.deletionTarget.updateManyAndReturn({
    where: {
      ...{ sid: { in: [...sids] }, isOpen: true },
      ...{ local: IS_DONE, previews: IS_DONE, upstream: IS_DONE },
    },
    data: { isOpen: false },
    select: { deletionId: true },
  });
  const ids = [...new Set(closed.map(({ deletionId }) => deletionId))];
  if (ids.length === 0) return;
  // Of two transactions that close the last two targets, the one that comes second sees both. A target that
  // was changed twice has locked its deletion as FOR KEY SHARE (the foreign key is checked again): with FOR
  // UPDATE two that have done so would wait for each other.
  await tx.$queryRaw`SELECT id FROM deletion WHERE id = ANY(${ids}) ORDER BY id FOR NO KEY UPDATE`;
  const completed = await tx.deletion.updateManyAndReturn({
    where: { id: { in: ids }, completedAt: null, targets: { none: { isOpen: true } } },
    data: { completedAt: new Date() },
  });
  for (const deletion of completed) await tellCompleted(tx, deletion);
}

const IS_DONE = { notIn: ['pending', 'retrying'] } as const satisfies { notIn: string[] };

async function tellCompleted(tx: Transaction, deletion: Deletion): Promise<void> {
  const { id, scope, mediaSid, withMessages, reasonCode, requestedBy } = deletion;
  const ofDeletion = { where: { deletionId: id } };
  const targets = await tx.deletionTarget.count(ofDeletion);
  // An event belongs to a message; that of a deletion stands with those of its first target.
  const first = await tx.deletionTarget.findFirstOrThrow({
    ...ofDeletion,
    orderBy: { sid: 'asc' },
  });
  const { messageSid } = first;
  await recordEvents(tx, [
    {
      ...{ type: 'deletion.completed', messageSid },
      data: {
        ...{ deletionId: String(id), scope, mediaSid, withMessages, targets },
        ...{ reasonCode, requestedBy },
      },
    },
  ]);
}
