import type { Work } from '../auth/api-keys.ts';
import type { Transaction } from '../database/database.ts';
import { type Claim, Prisma } from '../generated/prisma/client.ts';
import { isOwnNumber } from '../moderation/own-numbers.ts';
import { QUEUES } from '../moderation/queues/queues.ts';
import { IS_HELD } from '../moderation/reviews/at-hand.ts';
import type { ClaimItem } from './claim-schemas.ts';

/** Who takes an attachment. */
export interface Claimant {
  /** Of the caller: decisions have it, too. */
  name: string;
  isAdmin: boolean;
  /** Somebody who is signed in twice with one key works twice. */
  sessionId: string | null;
  keyId: string | null;
  work: Work;
}

/** The condition on the table `claim` that its attachment is the work of a claimant. */
export function isOwnWork({ work }: Pick<Claimant, 'work'>): Prisma.Sql {
  if (work.numbers.length === 0) return Prisma.sql`true`;
  return Prisma.sql`EXISTS (
    SELECT 1 FROM media WHERE media.sid = claim.media_sid AND ${isOwnNumber(work)})`;
}

/** The session, or else the name: one claim of each queue belongs to it. */
export function holderOf({ name, sessionId }: Pick<Claimant, 'name' | 'sessionId'>): string {
  return sessionId === null ? name : `session ${sessionId}`;
}

type Row = Claim & { isHeld: boolean };

/**
 * The claims that a condition selects, oldest first, as they are now.
 *
 * @param condition on the table `claim`
 * @param caller whose own ones are marked
 */
export async function readClaims(
  db: Pick<Transaction, '$queryRaw'>,
  condition: Prisma.Sql,
  caller: Pick<Claimant, 'name' | 'sessionId'>,
  limit: number | null = null,
): Promise<ClaimItem[]> {
  const rows = await db.$queryRaw<Row[]>`
    SELECT id, media_sid AS "mediaSid", queue, owner, holder, created_at AS "createdAt",
      expires_at AS "expiresAt", ended_at AS "endedAt", ending, ended_by AS "endedBy", ${IS_HELD} AS "isHeld"
    FROM claim WHERE ${condition} ORDER BY created_at, id LIMIT ${limit}::bigint`;
  const mine = holderOf(caller);
  return rows.flatMap((row) => {
    // One of another release has no place here.
    const queue = QUEUES.find((known) => known === row.queue);
    return queue === undefined ? [] : [{ ...claimItem(row), queue, isMine: row.holder === mine }];
  });
}

/** A claim that nobody has ended yet may be over all the same. */
function claimItem({ id, mediaSid, owner, createdAt, expiresAt, ...end }: Row) {
  const known = { id, mediaSid, owner, createdAt, expiresAt };
  const { isHeld, ending, endedBy } = end;
  if (end.endedAt !== null)
    return { ...known, state: 'ended' as const, ending, endedAt: end.endedAt, endedBy };
  if (isHeld) {
    return { ...known, state: 'active' as const, ending: null, endedAt: null, endedBy: null };
  }
  return {
    ...known,
    state: 'ended' as const,
    ending: 'expired' as const,
    endedAt: expiresAt,
    endedBy: null,
  };
}
