import type { Database, Transaction } from '../../database/database.ts';
import { type EventDelivery, Prisma } from '../../generated/prisma/client.ts';
import { nextDelivery } from './delivery-schedule.ts';
import type { SendOutcome } from './send-event.ts';

/** One request and how long it took. */
interface Attempt extends SendOutcome {
  at: Date;
  milliseconds: number;
}

/** The outcome of an attempt; with `paused` the endpoint is paused as well, and `reason` says why. */
export type AttemptResult =
  | { result: 'delivered' | 'retried' | 'failed' }
  | { result: 'paused'; reason: string };

const GONE = 410;

/**
 * Records an attempt and its consequence: delivered, retried, or given up. When the retry schedule
 * of a delivery is exhausted and no other delivery succeeded in that time, the endpoint itself is
 * failing: it is paused, and no delivery is given up. A 410 Gone pauses it as well.
 *
 * @param scheduleSeconds same as the parameter of `nextDelivery`
 */
export function recordAttempt(
  { prisma }: Database,
  delivery: EventDelivery,
  attempt: Attempt,
  scheduleSeconds: readonly number[],
): Promise<AttemptResult> {
  const { id, endpointId } = delivery;
  const { at, milliseconds, status, error, response, retryAfterSeconds } = attempt;

  return prisma.$transaction(async (tx) => {
    // Lock the endpoint's row first, as changing and deleting an endpoint do, to avoid deadlocks.
    const [endpoint] = await tx.$queryRaw<{ failingSince: Date | null }[]>`
      SELECT failing_since AS "failingSince" FROM event_endpoint WHERE id = ${endpointId}
      FOR NO KEY UPDATE`;
    const isThere =
      endpoint !== undefined && (await tx.eventDelivery.count({ where: { id } })) === 1;
    if (!isThere) return { result: error === null ? 'delivered' : 'failed' };
    await tx.eventAttempt.create({
      data: { deliveryId: id, at, milliseconds, status, error, response },
    });
    return error === null
      ? recordSuccess(tx, endpoint.failingSince)
      : recordFailure(tx, error, endpoint.failingSince);
  });

  async function recordSuccess(tx: Transaction, failingSince: Date | null): Promise<AttemptResult> {
    const deliveredAt = new Date();
    const data = { state: 'delivered', deliveredAt, nextAttemptAt: null } as const;
    await tx.eventDelivery.update({ where: { id }, data });
    if (failingSince !== null) {
      await tx.eventEndpoint.updateMany({
        where: { id: endpointId, state: 'active' },
        data: { failingSince: null },
      });
    }
    return { result: 'delivered' };
  }

  async function recordFailure(
    tx: Transaction,
    error: string,
    failingBefore: Date | null,
  ): Promise<AttemptResult> {
    const now = new Date();
    const failingSince = failingBefore ?? now;
    const failures = delivery.failures + 1;
    const firstFailedAt = delivery.firstFailedAt ?? now;
    const next = nextDelivery({ failures, now, retryAfterSeconds }, scheduleSeconds);
    const update = (data: Prisma.EventDeliveryUpdateInput) =>
      tx.eventDelivery.update({ where: { id }, data: { failures, firstFailedAt, ...data } });
    // No success since this delivery failed for the first time.
    const isSteady = failingSince <= firstFailedAt;
    const isPaused = status === GONE || (next === null && isSteady);
    const reason =
      status === GONE
        ? 'It answered 410 Gone'
        : `Nothing was delivered since ${failingSince.toISOString()}: ${error}`;
    const paused = { state: 'paused', pausedAt: now, pausedReason: reason } as const;
    const { count } = await tx.eventEndpoint.updateMany({
      where: { id: endpointId, state: 'active' },
      data: { failingSince, ...(isPaused ? paused : {}) },
    });
    if (isPaused) {
      // Sent as soon as the endpoint is resumed.
      await update({ nextAttemptAt: now });
      return count === 1 ? { result: 'paused', reason } : { result: 'retried' };
    }
    await update({ nextAttemptAt: next, ...(next === null ? { state: 'failed' } : {}) });
    return { result: next === null ? 'failed' : 'retried' };
  }
}

// Longer than a request may take, so that no two workers send the same delivery.
const CLAIM_SECONDS = 40;

/**
 * Keeps the events of an attachment in order: an event waits while an earlier one of the same
 * attachment, or of its whole message, is still pending. Events of other attachments do not wait.
 */
const IS_NEXT_OF_ITS_MEDIA = Prisma.sql`NOT EXISTS (
  SELECT 1 FROM event_delivery AS earlier
  WHERE earlier.endpoint_id = delivery.endpoint_id AND earlier.message_sid = delivery.message_sid
    AND (earlier.media_sid IS NULL OR earlier.media_sid = delivery.media_sid)
    AND earlier.state = 'pending' AND earlier.position < delivery.position)`;

/**
 * Claims the oldest due delivery, so that no other process sends it meanwhile. A claim expires by
 * itself when its process dies.
 *
 * @returns its id; undefined when nothing is due
 */
export async function claimDelivery(
  { prisma }: Database,
  endpointId: string,
): Promise<string | undefined> {
  const [claimed] = await prisma.$queryRaw<{ id: string }[]>`
    UPDATE event_delivery SET next_attempt_at = now() + make_interval(secs => ${CLAIM_SECONDS})
    WHERE id = (
      SELECT id FROM event_delivery AS delivery
      WHERE endpoint_id = ${endpointId} AND state = 'pending' AND next_attempt_at <= now()
        AND ${IS_NEXT_OF_ITS_MEDIA}
      ORDER BY position LIMIT 1 FOR UPDATE SKIP LOCKED
    )
    RETURNING id`;
  return claimed?.id;
}

/** When the next delivery to an endpoint is due; null when none is pending. */
export async function nextDueAt({ prisma }: Database, endpointId: string): Promise<Date | null> {
  const [next] = await prisma.$queryRaw<[{ at: Date | null }]>`
    SELECT min(next_attempt_at) AS at FROM event_delivery AS delivery
    WHERE endpoint_id = ${endpointId} AND state = 'pending' AND ${IS_NEXT_OF_ITS_MEDIA}`;
  return next.at;
}
