import type { Transaction } from '../../database/database.ts';
import type { BulkOutcome } from '../../generated/prisma/client.ts';
import { ActEnded } from '../act-ended.ts';
import type { StandingMedia } from './former-state.ts';

/**
 * Writes the outcomes of media, and counts them in the row of the act.
 *
 * @param tx has changed the media; the caller commits it
 * @throws ActEnded when the act was cancelled meanwhile, unless `isDone`
 */
export async function settleItems(
  tx: Transaction,
  actId: string,
  outcomes: ReadonlyMap<string, BulkOutcome>,
  { isDone = false } = {},
): Promise<void> {
  const counts: Partial<Record<BulkOutcome | 'todo', { increment: number }>> = {};
  let settled = 0;
  for (const [outcome, group] of Map.groupBy(outcomes, ([, outcome]) => outcome)) {
    const { count } = await tx.bulkItem.updateMany({
      where: { actId, mediaSid: { in: group.map(([sid]) => sid) }, outcome: null },
      data: { outcome },
    });
    counts[outcome] = { increment: count };
    settled += count;
  }
  const { count } = await tx.bulkAct.updateMany({
    where: isDone ? { id: actId } : { id: actId, endedAt: null },
    data: { ...counts, todo: { decrement: settled } },
  });
  if (count === 0) throw new ActEnded();
}

/**
 * Keeps with the items of an act what stood before it.
 *
 * @param tx the caller commits it
 * @param actedAt the time of the decision
 */
export async function keepFormer(
  tx: Transaction,
  actId: string,
  changed: readonly string[],
  standing: ReadonlyMap<string, StandingMedia>,
  actedAt: Date,
): Promise<void> {
  if (changed.length === 0) return;
  const rows = changed.map((mediaSid) => ({ mediaSid, former: standing.get(mediaSid)?.former }));
  await tx.$executeRaw`
    UPDATE bulk_item SET former = row.former, acted_at = ${actedAt}
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS row ("mediaSid" text, former jsonb)
    WHERE bulk_item.act_id = ${actId} AND bulk_item.media_sid = row."mediaSid"`;
}
