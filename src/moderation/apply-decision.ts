import { recordAudit } from '../audit/record-audit.ts';
import type { Transaction } from '../database/database.ts';
import { recordEvents } from '../events/record-events.ts';
import type { Media, Moderation } from '../generated/prisma/client.ts';
import { DECISIONS, type Decider, type Decision, isProvisional, isRule } from './decisions.ts';
import { settleMessages } from './messages/settle-messages.ts';
import { settleReviews } from './reviews/settle-reviews.ts';
import { auditedDecision, STANDING_DECISION, type StandingDecision } from './standing-decision.ts';

/** An attachment as it was before the decision. */
export type DecidedMedia = StandingDecision &
  Pick<Media, 'sid' | 'messageSid' | 'accountSid' | 'state' | 'decidedAt'>;

/**
 * Applies a decision to media, and records it in the audit log and as events. Media that have the state
 * already, or are deleted, stay as they are: nothing is recorded twice. Of a person or a program it ends the review of
 * all media that have the state now. What answers a report or an escalation is the decision that stands from then on, and is
 * in the audit log, also if the state stays.
 *
 * @param tx the caller commits it; the rows are locked until then
 * @param expected the state that media must have for the decision to apply
 * @returns all media that exist, as they were before, which of them changed, which were
 *   reported or escalated and have the state now, and when
 */
export async function applyDecision(
  tx: Transaction,
  sids: readonly string[],
  decision: Decision,
  { actor, reasonCode, reason }: Decider,
  expected?: Moderation,
): Promise<{
  found: DecidedMedia[];
  changed: Set<string>;
  answered: Set<string>;
  decidedAt: Date;
}> {
  const { moderation, action, event } = DECISIONS[decision];
  const found = await lockMedia(tx, sids);
  const changing = found.filter(
    (media) =>
      media.state !== 'deleted' &&
      (media.moderation !== moderation || isConfirmed(media, actor)) &&
      media.moderation === (expected ?? media.moderation),
  );
  const changed = new Set(changing.map(({ sid }) => sid));
  const decidedAt = new Date();
  let answered = new Set<string>();
  if (!isRule(actor)) {
    const decided = found.filter(
      (media) =>
        media.state !== 'deleted' && (changed.has(media.sid) || media.moderation === moderation),
    );
    const sids = decided.map(({ sid }) => sid);
    answered = await settleReviews(tx, sids, { actor, decision, at: decidedAt });
  }
  const outcome = { found, changed, answered, decidedAt };
  const settled = found.filter(({ sid }) => changed.has(sid) || answered.has(sid));
  if (settled.length === 0) return outcome;
  await tx.media.updateMany({
    where: { sid: { in: settled.map(({ sid }) => sid) } },
    data: {
      moderation,
      decidedBy: actor,
      decidedAt,
      decisionCode: reasonCode,
      decisionReason: reason,
    },
  });
  await recordAudit(
    tx,
    settled.map((media) => ({
      actor,
      action,
      target: media.sid,
      reasonCode,
      reason,
      before: auditedDecision(media),
      after: { moderation },
    })),
  );
  if (changing.length === 0) return outcome;
  await recordEvents(
    tx,
    changing.map(({ sid: mediaSid, messageSid, accountSid, moderation: before }) => ({
      type: event,
      messageSid,
      mediaSid,
      data: { mediaSid, messageSid, accountSid, moderation, before, reasonCode, decidedBy: actor },
    })),
  );
  await settleMessages(
    tx,
    changing.map(({ messageSid }) => messageSid),
    { actor, reasonCode, reason },
  );
  return outcome;
}

/**
 * A moderator who repeats a hold that only waits for the classifier, or the quarantine of a rule, makes it a decision of
 * their own.
 */
function isConfirmed(media: DecidedMedia, actor: string): boolean {
  if (isRule(actor)) return false;
  return (
    isProvisional(media) || (media.moderation === 'quarantined' && isRule(media.decidedBy ?? ''))
  );
}

/** In a fixed order, so that two decisions about the same media cannot deadlock. */
function lockMedia(tx: Transaction, sids: readonly string[]): Promise<DecidedMedia[]> {
  return tx.$queryRaw<DecidedMedia[]>`
    SELECT sid, message_sid AS "messageSid", account_sid AS "accountSid", state,
      decided_at AS "decidedAt", ${STANDING_DECISION}
    FROM media WHERE sid = ANY(${sids}) ORDER BY sid FOR UPDATE`;
}
