import type { Transaction } from '../database/database.ts';
import type { SenderPolicy } from '../generated/prisma/client.ts';
import type {
  InitialModeration,
  InitialModerationOf,
  ModerationDefaults,
} from '../inbound/initial-moderation.ts';
import { holdErasures } from './senders/erasures.ts';
import type { SenderIds } from './senders/sender-id.ts';

/** What `MODERATION_MODE` means. */
export function moderationDefaultsOf(mode: 'off' | 'hold-media' | 'hold'): ModerationDefaults {
  const holds = mode === 'hold';
  return {
    media: mode === 'off' ? 'visible' : 'held',
    message: { moderation: holds ? 'held' : 'visible', followsMedia: holds },
  };
}

/** What is known of a sender: one row for its policy, one for its last erasure. */
interface Known {
  id: string;
  policy: SenderPolicy | null;
  erasedAt: Date | null;
}

/**
 * Determines the initial moderation of messages and media: that of the moderation mode, unless their sender
 * is blocked. What was received before its sender was erased gets `isErased`, and must not be stored.
 *
 * @param moderationDefaults for senders without a policy
 */
export function createInitialModerationOf(
  senderIds: SenderIds,
  moderationDefaults: ModerationDefaults,
): InitialModerationOf {
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
      const { message } = moderationDefaults;
      if (isRefused || policies.includes('quarantine')) {
        const decided = { isRefused, isErased, decidedBy: 'system:sender' };
        return { moderation: 'quarantined', message: quarantined(message), ...decided };
      }
      return {
        moderation: moderationDefaults.media,
        message,
        isRefused,
        isErased,
        decidedBy: null,
      };
    };
  };
}

/** In a mode that shows text and numbers at once, those of a blocked sender are shown, too. */
function quarantined(message: InitialModeration['message']): InitialModeration['message'] {
  return message.moderation === 'held' ? { ...message, moderation: 'quarantined' } : message;
}

function findKnown(tx: Transaction, ids: string[]): Promise<Known[]> {
  return tx.$queryRaw<Known[]>`
    SELECT id, policy, NULL::timestamptz AS "erasedAt" FROM sender
    WHERE id = ANY(${ids}) AND policy <> 'none'
    UNION ALL
    SELECT sender_id, NULL, max(created_at) FROM erasure
    WHERE sender_id = ANY(${ids}) GROUP BY sender_id`;
}
