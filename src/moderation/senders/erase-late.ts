import { Prisma } from '../../generated/prisma/client.ts';
import type { EraseLate } from '../../inbound/beginnings.ts';
import { type ForgetDeps, forgetTargets } from '../deletions/forget-targets.ts';
import { recordDeletion } from '../deletions/record-deletion.ts';

const ERASURE = {
  actor: 'system:erasure',
  reasonCode: 'erasure',
  reason: 'received before its sender was erased',
};

/**
 * Erases messages that were received before their sender was, and come only now: from a spool, by
 * reconciliation. In the transaction that writes them they become tombstones, with a deletion of their
 * own for Twilio's copies.
 */
export function createEraseLate(deps: ForgetDeps): EraseLate {
  const { queue } = deps;
  return async (tx, sids) => {
    const live = await tx.message.count({ where: { sid: { in: [...sids] }, deletedAt: null } });
    if (live === 0) return;
    const selection = {
      media: Prisma.sql`media.message_sid = ANY(${sids})`,
      messages: Prisma.sql`message.sid = ANY(${sids})`,
    };
    const asked = { ...ERASURE, scope: 'erase', mediaSid: null };
    const { id } = await recordDeletion(tx, queue, asked, selection, 0);
    const deletion = { ...ERASURE, id, requestedBy: ERASURE.actor };
    while ((await forgetTargets(tx, deps, deletion)).seen > 0);
  };
}
