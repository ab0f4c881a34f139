import { recordAudit } from '../../audit/record-audit.ts';
import type { Transaction } from '../../database/database.ts';
import { recordEvents } from '../../events/record-events.ts';
import type { Message, Moderation } from '../../generated/prisma/client.ts';
import { type Decider, MESSAGE_DECISIONS, type MessageDecision } from '../decisions.ts';
import { auditedDecision, type StandingMessageDecision } from '../standing-decision.ts';

/** What a decision needs of a message, for the row, the audit log and the event. */
type DecidedMessage = StandingMessageDecision & Pick<Message, 'sid' | 'accountSid'>;

type Followed = DecidedMessage & { wanted: Moderation };

/** The decider of held messages when one of their media failed or was deleted. */
export const BY_RULE: Decider = { actor: 'system:hold', reasonCode: null, reason: null };

/**
 * Decides messages that follow their media, after a change of these: held while one of them is held, else
 * visible when one is visible, else quarantined. Media that are deleted, or failed and held, do not count; a
 * message without any other stays as it is.
 *
 * @param tx holds the locks of the media; the caller commits it
 * @param onlyHeld leaves decided messages alone: deleting an attachment reverses no decision
 */
export async function settleMessages(
  tx: Transaction,
  messageSids: readonly string[],
  decider: Decider,
  { onlyHeld = false } = {},
): Promise<void> {
  const sids = [...new Set(messageSids)];
  const following = await tx.$queryRaw<{ sid: string }[]>`
    SELECT sid FROM message
    WHERE sid = ANY(${sids}) AND follows_media AND deleted_at IS NULL
      AND (moderation = 'held' OR NOT ${onlyHeld})
    ORDER BY sid FOR NO KEY UPDATE`;
  if (following.length === 0) return;
  // A separate statement, after the lock: of two concurrent decisions about the last two media of a
  // message, the second sees what the first did.
  const followed = await tx.$queryRaw<Followed[]>`
    SELECT message.sid, message.account_sid AS "accountSid", message.moderation,
      message.decided_by AS "decidedBy", message.decision_code AS "decisionCode",
      message.decision_reason AS "decisionReason",
      CASE WHEN bool_or(media.moderation = 'held') THEN 'held'
        WHEN bool_or(media.moderation = 'visible') THEN 'visible'
        ELSE 'quarantined' END AS wanted
    FROM message JOIN media ON media.message_sid = message.sid
    WHERE message.sid = ANY(${following.map(({ sid }) => sid)}) AND media.state <> 'deleted'
      AND NOT (media.state = 'failed' AND media.moderation = 'held')
    GROUP BY message.sid`;
  const changing = Map.groupBy(
    followed.filter(({ moderation, wanted }) => moderation !== wanted),
    ({ wanted }) => wanted,
  );
  for (const [wanted, messages] of changing) {
    const decision = Object.entries(MESSAGE_DECISIONS).find(
      ([, { moderation }]) => moderation === wanted,
    );
    await decideMessages(tx, messages, decision?.[0] as MessageDecision, decider);
  }
}

/**
 * Writes a decision about messages, and records it in the audit log and as events.
 *
 * @param tx holds the locks of the rows; the caller commits it
 */
export async function decideMessages(
  tx: Transaction,
  messages: readonly DecidedMessage[],
  decision: MessageDecision,
  { actor, reasonCode, reason }: Decider,
): Promise<Date> {
  const { moderation, action, event } = MESSAGE_DECISIONS[decision];
  const decidedAt = new Date();
  await tx.message.updateMany({
    where: { sid: { in: messages.map(({ sid }) => sid) } },
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
    messages.map((message) => ({
      actor,
      action,
      target: message.sid,
      reasonCode,
      reason,
      before: auditedDecision(message),
      after: { moderation },
    })),
  );
  await recordEvents(
    tx,
    messages.map(({ sid: messageSid, accountSid, moderation: before }) => ({
      type: event,
      messageSid,
      data: { messageSid, accountSid, moderation, before, reasonCode, decidedBy: actor },
    })),
  );
  return decidedAt;
}
