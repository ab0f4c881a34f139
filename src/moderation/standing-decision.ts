import { type Media, Prisma } from '../generated/prisma/client.ts';

/** What stood about a message before a decision: what is overturned is found by that. */
export type StandingMessageDecision = Pick<
  Media,
  'moderation' | 'decidedBy' | 'decisionCode' | 'decisionReason'
>;

/** What stood about an attachment before a decision or a delete. */
export type StandingDecision = StandingMessageDecision & {
  /** What the classifier said of the bytes; null when it said nothing. */
  verdict: string | null;
};

/** The columns of `StandingMessageDecision`, of the table `message` or `media`. */
export const STANDING_MESSAGE_DECISION = Prisma.sql`
  moderation, decided_by AS "decidedBy", decision_code AS "decisionCode",
  decision_reason AS "decisionReason"`;

/** The columns of `StandingDecision`, of the table `media`. */
export const STANDING_DECISION = Prisma.sql`
  ${STANDING_MESSAGE_DECISION},
  (SELECT scan ->> 'action' FROM blob WHERE blob.sha256 = media.blob_sha256) AS verdict`;

/** As the audit log has it: what is not there is left out. */
export function auditedDecision(
  standing: StandingMessageDecision & Partial<Pick<StandingDecision, 'verdict'>>,
) {
  const { moderation, decidedBy, decisionCode: reasonCode, decisionReason: reason } = standing;
  const { verdict = null } = standing;
  return {
    moderation,
    ...(decidedBy === null ? {} : { decidedBy }),
    ...(reasonCode === null ? {} : { reasonCode }),
    ...(reason === null ? {} : { reason }),
    ...(verdict === null ? {} : { verdict }),
  };
}
