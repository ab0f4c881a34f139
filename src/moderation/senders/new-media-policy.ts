import type { Moderation } from '../../generated/prisma/client.ts';
import type { BeginningsOf } from '../../inbound/beginnings.ts';
import type { SenderIdOf } from './sender-id.ts';

/**
 * How media begin: as the mode of moderation says, unless their sender is blocked.
 *
 * @param moderation of media whose sender nobody decided about
 */
export function createBeginningsOf(senderIdOf: SenderIdOf, moderation: Moderation): BeginningsOf {
  return async (tx, messages) => {
    const ids = new Map(messages.map(({ sid, from }) => [sid, senderIdOf(from)]));
    const blocked = await tx.sender.findMany({
      where: { id: { in: [...new Set(ids.values())] }, policy: { not: 'none' } },
      select: { id: true, policy: true },
    });
    const policies = new Map(blocked.map(({ id, policy }) => [id, policy]));
    return ({ sid }) => {
      const policy = policies.get(ids.get(sid) ?? '');
      if (policy === undefined) return { moderation, isRefused: false, decidedBy: null };
      const isRefused = policy === 'refuse';
      return { moderation: 'quarantined', isRefused, decidedBy: 'system:sender' };
    };
  };
}
