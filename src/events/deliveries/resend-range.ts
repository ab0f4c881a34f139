import { recordAudit } from '../../audit/record-audit.ts';
import type { Database, Transaction } from '../../database/database.ts';
import { AppError } from '../../errors/app-error.ts';
import { Prisma } from '../../generated/prisma/client.ts';
import type { JobHandler } from '../../jobs/job-list.ts';
import type { JobQueue } from '../../jobs/job-queue.ts';
import { TEST_EVENT } from '../event-schemas.ts';
import { requireActive } from './deliveries.ts';
import type { ResendRequest } from './delivery-operations.ts';

/** Deliveries that one request may send again. */
export const MAX_RESENT = 10_000;
/** Deliveries of one statement: the embedded database runs one at a time. */
const WINDOW = 500;

/** Which deliveries of an endpoint: positions after `after`, up to `last`. */
interface Range {
  endpointId: string;
  after: bigint;
  last: bigint;
  types: readonly string[] | null;
  state: 'delivered' | 'failed' | null;
}

/**
 * Counts the deliveries of a range and, unless it is a dry run, sends a job that repeats them.
 *
 * @param actor for the audit log
 * @throws AppError `not_found`; `conflict` while the endpoint is paused, or for more than 10,000
 */
export type ResendRange = (
  endpointId: string,
  request: ResendRequest,
  actor: string,
) => Promise<{ count: number }>;

export function createResendRange({ prisma }: Database, queue: JobQueue): ResendRange {
  return async (endpointId, { since, until, types, state, dryRun }, actor) => {
    await requireActive(prisma, endpointId);
    const range: Range = {
      endpointId,
      after: await lastBefore(prisma, endpointId, since),
      last: await lastBefore(prisma, endpointId, until),
      types,
      state,
    };
    const count = await countMatching(prisma, range);
    if (dryRun) return { count };
    if (count > MAX_RESENT) {
      throw new AppError(
        'conflict',
        `More than ${MAX_RESENT.toLocaleString('en')} events match: choose a shorter range.`,
      );
    }
    await prisma.$transaction(async (tx) => {
      await requireActive(tx, endpointId);
      const [{ now }] = await tx.$queryRaw<[{ now: Date }]>`SELECT now() AS now`;
      await queue.send(tx, 'resend-events', [
        {
          payload: {
            endpointId,
            after: String(range.after),
            last: String(range.last),
            types: types === null ? null : [...types],
            state,
            requestedAt: now.toISOString(),
          },
        },
      ]);
      const after = {
        since: since.toISOString(),
        until: until.toISOString(),
        types: types === null ? null : [...types],
        state,
        count,
      };
      await recordAudit(tx, [{ actor, action: 'endpoint.resend', target: endpointId, after }]);
    });
    return { count };
  };
}

/**
 * The position of the last delivery of an endpoint that was created before a time, 0 for none. Deliveries are created in the
 * order of their positions, so a binary search finds it in a look at the index for each step.
 */
async function lastBefore(
  db: Pick<Transaction, 'eventDelivery'>,
  endpointId: string,
  time: Date,
): Promise<bigint> {
  const place = { select: { position: true, createdAt: true } } as const;
  const [first, last] = await Promise.all(
    (['asc', 'desc'] as const).map((position) =>
      db.eventDelivery.findFirst({ where: { endpointId }, orderBy: { position }, ...place }),
    ),
  );
  if (!first || !last || first.createdAt >= time) return 0n;
  if (last.createdAt < time) return last.position;
  // The one at `low` is from before the time; the first one from `high` on is not.
  let low = first.position;
  let high = last.position;
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    const next = await db.eventDelivery.findFirst({
      where: { endpointId, position: { gte: middle } },
      orderBy: { position: 'asc' },
      ...place,
    });
    if (next === null || next.createdAt >= time) high = middle;
    else low = next.position;
  }
  return low;
}

const scanned = ({ endpointId, last }: Range, after: bigint) => Prisma.sql`
  SELECT id, position, state, delivered_at FROM event_delivery
  WHERE endpoint_id = ${endpointId} AND position > ${after} AND position <= ${last}
  ORDER BY position LIMIT ${WINDOW}`;

/** Of a scanned delivery and its event. What is pending is sent anyway. */
const isMatching = ({ types, state }: Range) => Prisma.sql`
  scanned.state <> 'pending' AND event.type <> ${TEST_EVENT}
  AND ${state === null ? Prisma.sql`true` : Prisma.sql`scanned.state = ${state}::"DeliveryState"`}
  AND ${types === null ? Prisma.sql`true` : Prisma.sql`event.type = ANY(${[...types]}::text[])`}`;

interface Window {
  seen: number;
  last: bigint | null;
  count: number;
}

/** @returns at most a little more than can be sent again */
async function countMatching(db: Pick<Transaction, '$queryRaw'>, range: Range): Promise<number> {
  let total = 0;
  for (let after = range.after; ; ) {
    const [{ seen, last, count }] = await db.$queryRaw<[Window]>`
      WITH scanned AS MATERIALIZED (${scanned(range, after)})
      SELECT count(*)::int AS seen, max(scanned.position) AS last,
        (count(*) FILTER (WHERE ${isMatching(range)}))::int AS count
      FROM scanned JOIN event ON event.position = scanned.position`;
    total += count;
    if (seen < WINDOW || last === null || total > MAX_RESENT)
      return Math.min(total, MAX_RESENT + 1);
    after = last;
  }
}

/** The job `resend-events`: makes deliveries of a range due again, in windows; those that were delivered since the request stay. */
export function createResendEvents(deps: {
  database: Database;
  queue: JobQueue;
}): JobHandler<'resend-events'> {
  const { prisma } = deps.database;
  return async ({ endpointId, requestedAt, ...payload }, signal) => {
    const range: Range = {
      ...payload,
      endpointId,
      after: BigInt(payload.after),
      last: BigInt(payload.last),
    };
    for (let after: bigint | null = range.after; after !== null; ) {
      signal.throwIfAborted();
      after = await resendWindow(range, after, new Date(requestedAt));
    }
  };

  /** @returns where the next window starts; null at the end */
  function resendWindow(range: Range, after: bigint, requestedAt: Date): Promise<bigint | null> {
    return prisma.$transaction(async (tx) => {
      const [{ seen, last, count }] = await tx.$queryRaw<[Window]>`
        WITH scanned AS MATERIALIZED (${scanned(range, after)}), resent AS (
          UPDATE event_delivery SET state = 'pending', failures = 0, first_failed_at = NULL,
            next_attempt_at = now(), delivered_at = NULL
          FROM scanned JOIN event ON event.position = scanned.position
          WHERE event_delivery.id = scanned.id AND ${isMatching(range)}
            AND (scanned.delivered_at IS NULL OR scanned.delivered_at < ${requestedAt})
          RETURNING 1
        )
        SELECT (SELECT count(*)::int FROM scanned) AS seen, (SELECT max(position) FROM scanned) AS last,
          (SELECT count(*)::int FROM resent) AS count`;
      if (count > 0) {
        const payload = { endpointId: range.endpointId, at: 'now' };
        await deps.queue.send(tx, 'deliver-events', [{ payload }]);
      }
      return seen < WINDOW ? null : last;
    });
  }
}
