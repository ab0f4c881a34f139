import type { Logger } from 'pino';
import type { Database } from '../../database/database.ts';
import type { EventDelivery } from '../../generated/prisma/client.ts';
import type { JobHandler } from '../../jobs/job-list.ts';
import type { JobQueue } from '../../jobs/job-queue.ts';
import { validSecrets } from '../endpoints/endpoint-settings.ts';
import { eventMessage } from '../event-payloads.ts';
import { type AttemptResult, claimDelivery, nextDueAt, recordAttempt } from './record-attempt.ts';
import type { EventSender } from './send-event.ts';

// Concurrent requests to one endpoint: a slow receiver gets no more than this from one process.
const CONCURRENCY = 4;
// A job yields to other endpoints after this.
const TURN_MS = 30_000;

interface DeliverDeps {
  database: Database;
  queue: JobQueue;
  sender: EventSender;
  /** Same as the parameter of `nextDelivery`. */
  scheduleSeconds: readonly number[];
  onResult: (result: AttemptResult['result']) => void;
  log: Logger;
}

/**
 * The job `deliver-events`: sends the due events to one endpoint, four at a time, and schedules a job
 * for when the next one is due. If this process already works on the endpoint, it only wakes that run.
 */
export function createDeliverEvents(deps: DeliverDeps): JobHandler<'deliver-events'> {
  const { database, queue, sender, scheduleSeconds, onResult, log } = deps;
  const { prisma } = database;
  const working = new Map<string, DeliverySlots>();

  return async ({ endpointId }, signal) => {
    if (working.get(endpointId)?.wake()) return;
    const until = Date.now() + TURN_MS;
    const slots = openDeliverySlots(
      CONCURRENCY,
      async () => !signal.aborted && Date.now() < until && (await deliverNext(endpointId, signal)),
    );
    // Not removed when finished: there are few endpoints.
    working.set(endpointId, slots);
    await slots.finished;
    signal.throwIfAborted();
    await sendSuccessor(endpointId);
  };

  /** @returns whether there was a delivery to send */
  async function deliverNext(endpointId: string, signal: AbortSignal): Promise<boolean> {
    const endpoint = await prisma.eventEndpoint.findUnique({ where: { id: endpointId } });
    if (endpoint?.state !== 'active') return false;
    const id = await claimDelivery(database, endpointId);
    if (id === undefined) return false;
    const delivery = await prisma.eventDelivery.findUnique({
      where: { id },
      include: { event: true },
    });
    if (delivery === null) return true;
    const { event, ...row } = delivery;
    const at = new Date();
    const startedAt = performance.now();
    try {
      const secrets = validSecrets(endpoint, at);
      const request = {
        url: endpoint.url,
        secrets,
        eventId: event.id,
        payload: eventMessage(event),
      };
      const outcome = await sender.send(request, signal);
      const milliseconds = Math.round(performance.now() - startedAt);
      const attempt = { ...outcome, at, milliseconds };
      report(row, await recordAttempt(database, row, attempt, scheduleSeconds));
    } catch (error) {
      // It is unknown whether the event arrived: the next job sends it again immediately.
      if (signal.aborted) await releaseDelivery(id);
      throw error;
    }
    return true;
  }

  async function releaseDelivery(id: string): Promise<void> {
    await prisma.eventDelivery.updateMany({
      where: { id, state: 'pending' },
      data: { nextAttemptAt: new Date() },
    });
  }

  function report({ id, endpointId }: EventDelivery, outcome: AttemptResult): void {
    onResult(outcome.result);
    if (outcome.result === 'failed') {
      log.warn({ endpointId, deliveryId: id }, 'an event was not delivered, given up');
    }
    if (outcome.result !== 'paused') return;
    log.error({ endpointId }, `events endpoint paused: ${outcome.reason}`);
  }

  async function sendSuccessor(endpointId: string): Promise<void> {
    const endpoint = await prisma.eventEndpoint.findUnique({ where: { id: endpointId } });
    if (endpoint?.state !== 'active') return;
    const startAfter = await nextDueAt(database, endpointId);
    if (startAfter === null) return;
    const at = startAfter.toISOString();
    await prisma.$transaction((tx) =>
      queue.send(tx, 'deliver-events', [{ payload: { endpointId, at }, startAfter }]),
    );
  }
}

/** Concurrent loops, each of which takes the next delivery until there is none left. */
interface DeliverySlots {
  /**
   * Restarts the slots that have ended, because there may be new work.
   *
   * @returns false when all have ended: the caller then opens new ones
   */
  wake(): boolean;
  /** Resolves when all slots have ended; rejects with the error of the last one that failed. */
  finished: Promise<void>;
}

/**
 * @param maxSlots concurrent slots
 * @param workOnNext takes the next delivery; false when there is none
 */
function openDeliverySlots(maxSlots: number, workOnNext: () => Promise<boolean>): DeliverySlots {
  const { promise: finished, resolve, reject } = Promise.withResolvers<void>();
  let open = 0;
  let failure: { error: unknown } | undefined;

  async function runSlot(): Promise<void> {
    try {
      while (await workOnNext());
    } catch (error) {
      failure = { error };
    }
    open -= 1;
    if (open > 0) return;
    if (failure === undefined) resolve();
    else reject(failure.error);
  }

  function fill(): void {
    while (open < maxSlots) {
      open += 1;
      void runSlot();
    }
  }

  fill();
  return {
    wake() {
      if (open === 0) return false;
      fill();
      return true;
    },
    finished,
  };
}
