import type { Database } from '../../database/database.ts';
import type { BulkAct } from '../../generated/prisma/client.ts';
import { ActEnded } from '../act-ended.ts';

/** Media per transaction: few enough not to lock their rows for long. */
const BATCH = 100;

/**
 * Goes through the media of an act that have no outcome yet, from where an earlier run has stopped, until there are none
 * or the act was cancelled.
 *
 * @param run gives each of the media an outcome
 */
export async function runInBatches(
  { prisma }: Database,
  id: string,
  signal: AbortSignal,
  run: (act: BulkAct, sids: string[]) => Promise<void>,
): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const [act] = await prisma.bulkAct.updateManyAndReturn({
      where: { id, endedAt: null, state: { not: 'selecting' } },
      data: { state: 'running' },
    });
    if (act === undefined) return;
    const items = await prisma.bulkItem.findMany({
      where: { actId: id, outcome: null },
      select: { mediaSid: true },
      orderBy: { mediaSid: 'asc' },
      take: BATCH,
    });
    if (items.length === 0) {
      await prisma.bulkAct.updateMany({
        where: { id, endedAt: null },
        data: { state: 'done', endedAt: new Date() },
      });
      return;
    }
    try {
      await run(
        act,
        items.map(({ mediaSid }) => mediaSid),
      );
    } catch (error) {
      // What the batch had done is rolled back.
      if (error instanceof ActEnded) return;
      throw error;
    }
  }
}
