import type { Work } from '../auth/api-keys.ts';
import { isUnexpired } from '../auth/sessions.ts';
import type { Transaction } from '../database/database.ts';
import { AppError } from '../errors/app-error.ts';
import { type Claim, Prisma } from '../generated/prisma/client.ts';
import { isOwnNumber } from '../moderation/own-numbers.ts';
import type { ClaimItem } from './claim-schemas.ts';
import { QUEUES, type QueueName } from './queues.ts';

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

/** @throws AppError `forbidden` for a queue that the claimant does not work on */
export function requireOwnQueue({ work: { queues } }: Claimant, queue: QueueName): void {
  if (queues.length === 0 || queues.includes(queue)) return;
  throw new AppError('forbidden', `This key works on other queues: ${queues.join(', ')}.`);
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

/** Whether a claim that was not ended counts: in time, and its owner still signed in. On the database's clock. */
export const IS_HELD = Prisma.sql`(claim.expires_at > clock_timestamp()
  AND (claim.key_id IS NULL OR EXISTS (
    SELECT 1 FROM api_key WHERE api_key.id = claim.key_id AND api_key.revoked_at IS NULL))
  AND (claim.session_id IS NULL OR EXISTS (
    SELECT 1 FROM session WHERE session.id = claim.session_id AND ${isUnexpired})))`;

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
