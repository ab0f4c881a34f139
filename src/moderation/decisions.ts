import type { AuditAction } from '../audit/record-audit.ts';
import type { EventType } from '../events/event-schemas.ts';
import type { Media, Moderation } from '../generated/prisma/client.ts';
import type { Reason } from '../http/fields.ts';

/** The decisions about an attachment, with the state that each sets, its audit action and its event. */
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

/** The same decisions about a message, with the audit action and event of each. */
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

/** Decision code of media that are held because the classifier has given no verdict. */
export const SCAN_FAILED = 'scan_failed';

/** Whether an attachment is held only for lack of a verdict: a moderator, or a verdict, still decides. */
export function isProvisional({
  moderation,
  decidedBy,
  decisionCode,
}: Pick<Media, 'moderation' | 'decidedBy' | 'decisionCode'>): boolean {
  return moderation === 'held' && decidedBy === 'system:scan' && decisionCode === SCAN_FAILED;
}

/** Whether a decision is that of a rule, not of a person or a program. */
export function isRule(actor: string): boolean {
  return actor.startsWith('system:');
}

/** Whose decision it is, and why. */
export interface Decider extends Reason {
  /** The name of a key, or `system:` and the rule that decided. */
  actor: string;
}
