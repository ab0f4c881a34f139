import type { AuditAction } from '../audit/audit-actions.ts';
import type { EventType } from '../events/event-types.ts';
import type { Moderation } from '../generated/prisma/client.ts';
import type { Decision } from './decisions.ts';

/** What may be decided about a message, as about media, and how that is kept and told. */
export const MESSAGE_DECISIONS = {
  approve: { moderation: 'visible', action: 'message.approve', event: 'message.approved' },
  hold: { moderation: 'held', action: 'message.hold', event: 'message.held' },
  quarantine: {
    moderation: 'quarantined',
    action: 'message.quarantine',
    event: 'message.quarantined',
  },
} as const satisfies Record<
  Decision,
  { moderation: Moderation; action: AuditAction; event: EventType }
>;

export type MessageDecision = keyof typeof MESSAGE_DECISIONS;
