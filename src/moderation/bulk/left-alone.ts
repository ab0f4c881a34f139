import type { Transaction } from '../../database/database.ts';
import { type BulkAct, Prisma } from '../../generated/prisma/client.ts';
import { isAtHandOfOthers } from '../reviews/at-hand.ts';

/** Why a bulk act leaves an attachment alone. */
export type LeftAlone = 'claimed' | 'decided';

/**
 * Which of some media a bulk act leaves alone when their turn comes: what somebody else works on, and what somebody else
 * has decided about since the act was requested. They know more about it than whoever selected it among many, and so does a
 * rule, such as the blocklist: only a quarantine or a delete may confirm what it did.
 *
 * @param db a transaction that has locked the media, whose claims and decisions cannot change then
 */
export async function findLeftAlone(
  db: Pick<Transaction, '$queryRaw'>,
  { action, requestedBy, createdAt }: Pick<BulkAct, 'action' | 'requestedBy' | 'createdAt'>,
  sids: readonly string[],
): Promise<Map<string, LeftAlone>> {
  const isAtHand = isAtHandOfOthers(requestedBy);
  const confirmsRules = action === 'quarantine' || action === 'delete';
  const isDecided = Prisma.sql`(decided_at > ${createdAt} AND decided_by <> ${requestedBy}
    AND NOT (${confirmsRules} AND starts_with(decided_by, 'system:')))`;
  const rows = await db.$queryRaw<{ sid: string; isAtHand: boolean }[]>`
    SELECT sid, ${isAtHand} AS "isAtHand" FROM media
    WHERE sid = ANY(${[...sids]}) AND state <> 'deleted' AND (${isAtHand} OR ${isDecided})`;
  return new Map(rows.map(({ sid, isAtHand }) => [sid, isAtHand ? 'claimed' : 'decided']));
}
