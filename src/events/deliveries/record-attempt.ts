import type { EventDelivery, EventEndpoint } from '../../generated/prisma/client.ts';
import type { Database, Transaction } from '../../storage/database.ts';
import { nextDelivery } from './delivery-schedule.ts';
import type { SendOutcome } from './send-event.ts';

/** One request that was made, and how long it took. */
export interface Attempt extends SendOutcome {
  at: Date;
  milliseconds: number;
}

/** What became of the delivery; `paused` is the endpoint as well, and why. */
export type AttemptResult =
  | { result: 'delivered' | 'retried' | 'failed' }
  | { result: 'paused'; reason: string };

const GONE = 410;

/**
 * Writes an attempt down and what follows from it: delivered, tried again, or given up. When the
 * schedule of a delivery is at its end and nothing else went through in all that time, it is the
 * endpoint that fails: it is paused, and nothing is given up. So it is when it answers 410 Gone.
 *
 * @param scheduleSeconds as `nextDelivery` takes it
 */
export function recordAttempt(
  { prisma }: Database,
  delivery: EventDelivery,
  attempt: Attempt,
  scheduleSeconds: readonly number[],
): Promise<AttemptResult> {
  const { id, endpointId } = delivery;

  async function record(tx: Transaction): Promise<AttemptResult> {
    const { at, milliseconds, status, error, response } = attempt;
    // Deleted meanwhile, with its endpoint or because it is old.
    if ((await tx.eventDelivery.count({ where: { id } })) === 0) {
      return { result: error === null ? 'delivered' : 'failed' };
    }
    await tx.eventAttempt.create({
      data: { deliveryId: id, at, milliseconds, status, error, response },
    });
    if (error === null) {
      await tx.eventDelivery.update({
        where: { id },
        data: { state: 'delivered', deliveredAt: new Date(), nextAttemptAt: null },
      });
      await tx.eventEndpoint.updateMany({
        where: { id: endpointId, state: 'active', failingSince: { not: null } },
        data: { failingSince: null },
      });
      return { result: 'delivered' };
    }
    return recordFailure(tx, error);
  }

  async function recordFailure(tx: Transaction, error: string): Promise<AttemptResult> {
    const now = new Date();
    await tx.eventEndpoint.updateMany({
      where: { id: endpointId, failingSince: null },
      data: { failingSince: now },
    });
    const failures = delivery.failures + 1;
    const firstFailedAt = delivery.firstFailedAt ?? now;
    const { retryAfterSeconds, status } = attempt;
    const again = nextDelivery({ failures, now, retryAfterSeconds }, scheduleSeconds);
    const endpoint = await tx.eventEndpoint.findUniqueOrThrow({ where: { id: endpointId } });
    const isSteady = failedThroughout(endpoint, firstFailedAt);
    if (status !== GONE && (again !== null || !isSteady)) {
      await tx.eventDelivery.update({
        where: { id },
        data: {
          ...{ failures, firstFailedAt, nextAttemptAt: again },
          ...(again === null ? { state: 'failed' } : {}),
        },
      });
      return { result: again === null ? 'failed' : 'retried' };
    }
    // It goes on from here when the endpoint does.
    await tx.eventDelivery.update({
      where: { id },
      data: { failures, firstFailedAt, nextAttemptAt: now },
    });
    const reason =
      status === GONE
        ? 'It answered 410 Gone'
        : `Nothing was delivered since ${endpoint.failingSince?.toISOString()}: ${error}`;
    const { count } = await tx.eventEndpoint.updateMany({
      where: { id: endpointId, state: 'active' },
      data: { state: 'paused', pausedAt: now, pausedReason: reason },
    });
    return count === 0 ? { result: 'retried' } : { result: 'paused', reason };
  }

  return prisma.$transaction(record);
}

/** Whether there was no success since a delivery failed for the first time. */
function failedThroughout({ failingSince }: EventEndpoint, firstFailedAt: Date): boolean {
  return failingSince !== null && failingSince <= firstFailedAt;
}
