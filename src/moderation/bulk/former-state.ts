import { z } from 'zod';
import type { Transaction } from '../../database/database.ts';
import { type MediaState, Moderation } from '../../generated/prisma/client.ts';

/** What a decision of a bulk act replaces. It is kept with the item of the act, so that it can be put back. */
export const formerState = z.object({
  moderation: z.enum(Moderation),
  decidedBy: z.string().nullable(),
  decidedAt: z.coerce.date().nullable(),
  decisionCode: z.string().nullable(),
  decisionReason: z.string().nullable(),
  escalatedAt: z.coerce.date().nullable(),
  escalatedBy: z.string().nullable(),
  escalationReason: z.string().nullable(),
});

type FormerState = z.output<typeof formerState>;

/** An attachment before its turn. */
export interface StandingMedia {
  state: MediaState;
  former: FormerState;
}

/**
 * Locks media in the order of their sids, as all decisions do, and reads what stands about them.
 *
 * @param tx holds the locks until the caller commits it
 */
export async function lockStanding(
  tx: Transaction,
  sids: readonly string[],
): Promise<Map<string, StandingMedia>> {
  const rows = await tx.$queryRaw<(FormerState & { sid: string; state: MediaState })[]>`
    SELECT sid, state, moderation, decided_by AS "decidedBy",
      decided_at AS "decidedAt", decision_code AS "decisionCode", decision_reason AS "decisionReason",
      escalated_at AS "escalatedAt", escalated_by AS "escalatedBy",
      escalation_reason AS "escalationReason"
    FROM media WHERE sid = ANY(${[...sids]}) ORDER BY sid FOR UPDATE`;
  return new Map(rows.map(({ sid, state, ...former }) => [sid, { state, former }]));
}
