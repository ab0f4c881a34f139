import type { Moderation, SenderPolicy } from '../../generated/prisma/client.ts';
import type { BeginningsOf } from '../../inbound/beginnings.ts';
import type { Transaction } from '../../storage/database.ts';
import { holdErasures } from './erasure-marks.ts';
import type { SenderIds } from './sender-id.ts';

/** What is known of a sender: one row for a policy, one for when everything of it was erased last. */
interface Known {
  id: string;
  policy: SenderPolicy | null;
  erasedAt: Date | null;
}

/**
 * How media begin: as the mode of moderation says, unless their sender is blocked. What was received
 * before its sender was erased does not begin at all.
 *
 * @param moderation of media whose sender nobody decided about
 */
export function createBeginningsOf(senderIds: SenderIds, moderation: Moderation): BeginningsOf {
  return async (tx, messages) => {
    await holdErasures(tx);
    const idsOf = new Map(
      messages.map(({ from }) => [from, [senderIds.of(from), ...senderIds.formerOf(from)]]),
    );
    const known = await findKnown(tx, [...new Set([...idsOf.values()].flat())]);
    return ({ from, receivedAt }) => {
      const ids = idsOf.get(from) ?? [];
      const rows = known.filter(({ id }) => ids.includes(id));
      const policies = rows.map(({ policy }) => policy);
      const isErased = rows.some(({ erasedAt }) => erasedAt !== null && receivedAt <= erasedAt);
      const isRefused = policies.includes('refuse');
      if (isRefused || policies.includes('quarantine')) {
        return { moderation: 'quarantined', isRefused, isErased, decidedBy: 'system:sender' };
      }
      return { moderation, isRefused, isErased, decidedBy: null };
    };
  };
}

function findKnown(tx: Transaction, ids: string[]): Promise<Known[]> {
  return tx.$queryRaw<Known[]>`
    SELECT id, policy, NULL::timestamptz AS "erasedAt" FROM sender
    WHERE id = ANY(${ids}) AND policy <> 'none'
    UNION ALL
    SELECT sender_id, NULL, max(created_at) FROM erasure
    WHERE sender_id = ANY(${ids}) GROUP BY sender_id`;
}
