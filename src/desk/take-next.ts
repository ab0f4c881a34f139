import { randomUUID } from 'node:crypto';
import type { Database, Transaction } from '../database/database.ts';
import { allOf, scanRows } from '../database/scan-rows.ts';
import { Prisma } from '../generated/prisma/client.ts';
import { isOffered, requireOwnQueue } from '../moderation/queues/own-queues.ts';
import {
  isInQueue,
  type QueueFilter,
  type QueueName,
  type QueuePlace,
  queueOrder,
  queueSelection,
} from '../moderation/queues/queues.ts';
import { HAS_ACT, IS_HELD } from '../moderation/reviews/at-hand.ts';
import { type Claimant, holderOf } from './read-claims.ts';

/** How long somebody who skipped an attachment is not offered it again. */
const SKIPPED_MINUTES = 10;
/** Rows of the first window: more than those that others work on. */
const FIRST_ROWS = 32;

/** The id of a claim, and the place of its attachment in the queue. */
export interface Taken {
  id: string;
  place: QueuePlace;
}

export interface TakeMedia {
  /**
   * Takes the attachment of a queue that waits longest of those that nobody has.
   *
   * @param after only those behind it
   * @returns null when there is none
   * @throws AppError `forbidden` for a queue that the claimant does not work on
   */
  next(
    queue: QueueName,
    filter: QueueFilter,
    after: QueuePlace | undefined,
    claimant: Claimant,
  ): Promise<Taken | null>;
  /**
   * Takes one attachment, also one that the claimant has skipped.
   *
   * @returns null when somebody has it, or it is not in the queue, or not the claimant's work
   * @throws AppError `forbidden` for a queue that the claimant does not work on
   */
  one(queue: QueueName, sid: string, claimant: Claimant): Promise<Taken | null>;
}

/** Somebody else's claim, or an act, was committed first. */
class TakenMeanwhile extends Error {
  override readonly name = 'TakenMeanwhile';
}

/**
 * The unique index of claims decides, whatever the processes see. Candidates are read outside a transaction, in windows;
 * one that is locked is passed over at first, so that moderators do not wait for each other, and waited for when there is
 * no other. Each transaction locks one attachment, and claims behind it, as decisions do.
 *
 * @param claimSeconds how long a claim lasts
 */
export function createTakeMedia({ prisma }: Database, claimSeconds: number): TakeMedia {
  async function tryToTake(take: Omit<Take, 'claimSeconds'>): Promise<Taken | null> {
    for (;;) {
      try {
        return await prisma.$transaction((tx) => takeOne(tx, { ...take, claimSeconds }));
      } catch (error) {
        // The next attempt sees it.
        if (!(error instanceof TakenMeanwhile)) throw error;
      }
    }
  }

  return {
    async next(queue, filter, after, claimant) {
      requireOwnQueue(claimant, queue);
      await endLapsed(prisma);
      const offered = allOf([isFree(claimant), isNotSkipped(claimant)]);
      const order = queueOrder(queue);
      const selection = await queueSelection(prisma, queue, filter, offered);
      for (const waits of [false, true]) {
        let found = false;
        for await (const rows of scanRows(prisma, order, selection, { after, first: FIRST_ROWS })) {
          found ||= rows.length > 0;
          const sids = rows.map(({ sid }) => sid);
          // Whoever waits locks one at a time: the order of the queue is not the order of locks.
          for (const batch of waits ? sids.map((sid) => [sid]) : [sids]) {
            if (batch.length === 0) continue;
            const taken = await tryToTake({ sids: batch, offered, waits, queue, claimant });
            if (taken !== null) return taken;
          }
        }
        if (!found) return null;
      }
      return null;
    },
    async one(queue, sid, claimant) {
      requireOwnQueue(claimant, queue);
      await endLapsed(prisma);
      const offered = isFree(claimant);
      return tryToTake({ sids: [sid], offered, waits: true, queue, claimant });
    },
  };
}

/** Ends what is over: only then does the unique index let somebody else have it. */
async function endLapsed(db: Pick<Transaction, '$executeRaw'>): Promise<void> {
  await db.$executeRaw`
    UPDATE claim SET ended_at = now(), ending = 'expired'
    WHERE id IN (
      SELECT id FROM claim WHERE ended_at IS NULL AND NOT ${IS_HELD} FOR UPDATE SKIP LOCKED)`;
}

/** Nobody works on it or is about to decide. */
function isFree(claimant: Claimant): Prisma.Sql {
  return Prisma.sql`${isOffered(claimant)}
    AND NOT EXISTS (
      SELECT 1 FROM claim WHERE claim.media_sid = media.sid AND claim.ended_at IS NULL)
    AND NOT ${HAS_ACT}`;
}

function isNotSkipped({ name }: Claimant): Prisma.Sql {
  return Prisma.sql`NOT EXISTS (
    SELECT 1 FROM media_skip AS skip
    WHERE skip.media_sid = media.sid AND skip.skipped_by = ${name}
      AND skip.skipped_at > now() - make_interval(mins => ${SKIPPED_MINUTES}::int))`;
}

interface Take {
  /** Of which the one that waits longest is taken. */
  sids: readonly string[];
  offered: Prisma.Sql;
  /** Whether locked ones are waited for. */
  waits: boolean;
  queue: QueueName;
  claimant: Claimant;
  claimSeconds: number;
}

async function takeOne(tx: Transaction, take: Take): Promise<Taken | null> {
  const { sids, offered, waits, queue, claimant, claimSeconds } = take;
  const holder = holderOf(claimant);
  // Two requests of one holder: the second ends the claim of the first.
  await tx.$executeRaw`
    SELECT pg_advisory_xact_lock(hashtextextended(${`claim ${queue} ${holder}`}, 0))`;
  const { columns, orderBy } = queueOrder(queue);
  const [place] = await tx.$queryRaw<QueuePlace[]>`
    SELECT ${Prisma.raw(columns.since)} AS since, sid FROM media
    WHERE sid = ANY(${[...sids]}) AND ${isInQueue(queue)} AND ${offered}
    ORDER BY ${orderBy} LIMIT 1
    FOR NO KEY UPDATE ${waits ? Prisma.empty : Prisma.sql`SKIP LOCKED`}`;
  if (place === undefined) return null;
  // That statement saw what was committed before it began; this one, whatever was behind the lock.
  const [{ hasAct }] = await tx.$queryRaw<[{ hasAct: boolean }]>`
    SELECT ${HAS_ACT} AS "hasAct" FROM media WHERE sid = ${place.sid}`;
  if (hasAct) throw new TakenMeanwhile();
  await tx.$executeRaw`
    UPDATE claim SET ended_at = now(), ending = 'replaced'
    WHERE holder = ${holder} AND queue = ${queue} AND ended_at IS NULL`;
  const id = randomUUID();
  const { name, sessionId, keyId } = claimant;
  const inserted = await tx.$executeRaw`
    INSERT INTO claim (id, media_sid, queue, owner, holder, session_id, key_id, created_at, expires_at)
    VALUES (${id}, ${place.sid}, ${queue}, ${name}, ${holder}, ${sessionId}, ${keyId}, clock_timestamp(),
      clock_timestamp() + make_interval(secs => ${claimSeconds}))
    ON CONFLICT DO NOTHING`;
  if (inserted === 0) throw new TakenMeanwhile();
  return { id, place };
}
