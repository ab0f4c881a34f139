import { type Media, Prisma } from '../generated/prisma/client.ts';

/** What stood about an attachment before a decision or a delete: whoever overturns it is found by that. */
export type StandingDecision = Pick<
  Media,
  'moderation' | 'decidedBy' | 'decisionCode' | 'decisionReason'
> & {
  /** What the classifier said of the bytes; null when it said nothing. */
  verdict: string | null;
};

/** The columns of `StandingDecision`, of the table `media`. */
export const STANDING_DECISION = Prisma.sql`
  moderation, decided_by AS "decidedBy", decision_code AS "decisionCode",
  decision_reason AS "decisionReason",
  (SELECT scan ->> 'action' FROM blob WHERE blob.sha256 = media.blob_sha256) AS verdict`;

/** As the audit log has it: what is not there is left out. */
export function auditedDecision(standing: StandingDecision) {
  const { moderation, decidedBy, decisionCode: reasonCode, decisionReason: reason } = standing;
  const { verdict } = standing;
  return {
    moderation,
    ...(decidedBy === null ? {} : { decidedBy }),
    ...(reasonCode === null ? {} : { reasonCode }),
    ...(reason === null ? {} : { reason }),
    ...(verdict === null ? {} : { verdict }),
  };
}
