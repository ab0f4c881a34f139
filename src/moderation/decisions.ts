import type { AuditAction } from '../audit/audit-actions.ts';
import type { EventType } from '../events/event-types.ts';
import type { Moderation } from '../generated/prisma/client.ts';

/** What may be decided about a media, what it becomes, and how that is kept and told. */
export const DECISIONS = {
  approve: { moderation: 'visible', action: 'media.approve', event: 'media.approved' },
  hold: { moderation: 'held', action: 'media.hold', event: 'media.held' },
  quarantine: {
    moderation: 'quarantined',
    action: 'media.quarantine',
    event: 'media.quarantined',
  },
} as const satisfies Record<
  string,
  { moderation: Moderation; action: AuditAction; event: EventType }
>;

export type Decision = keyof typeof DECISIONS;
