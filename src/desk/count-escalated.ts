import type { Database } from '../database/database.ts';
import { isOwnNumber } from '../moderation/own-numbers.ts';
import { isInQueue, queueOrder } from '../moderation/queues/queues.ts';
import type { Claimant } from './read-claims.ts';

/** Those that wait longest: the statement stays short. */
const MAX_COUNTED = 5000;

/** For whom the attachments of the queue `escalated` wait. */
export interface EscalatedCounts {
  /** For a second person. */
  proposed: number;
  /** For anybody but the caller. */
  own: number;
}

/** Counts what is the work of a caller, among those that wait longest. */
export async function countEscalated(
  { prisma }: Database,
  { name, work }: Claimant,
): Promise<EscalatedCounts> {
  const [counts] = await prisma.$queryRaw<[EscalatedCounts]>`
    WITH waiting AS MATERIALIZED (
      SELECT sid, escalated_by FROM media WHERE ${isInQueue('escalated')} AND ${isOwnNumber(work)}
      ORDER BY ${queueOrder('escalated').orderBy} LIMIT ${MAX_COUNTED}
    )
    SELECT count(proposed_by)::int AS proposed,
      (count(*) FILTER (WHERE ${name} IN (escalated_by, proposed_by) OR EXISTS (
        SELECT 1 FROM further_proposal
        WHERE further_proposal.media_sid = waiting.sid
          AND further_proposal.proposed_by = ${name})))::int AS own
    FROM waiting LEFT JOIN proposal ON proposal.media_sid = waiting.sid`;
  return counts;
}

/** Of the other queues. */
export const NOT_ESCALATED: EscalatedCounts = { proposed: 0, own: 0 };
