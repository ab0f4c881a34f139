import type { Logger } from 'pino';
import type { Database } from '../../database/database.ts';
import type { EventDelivery } from '../../generated/prisma/client.ts';
import type { JobHandler } from '../../jobs/job-list.ts';
import type { JobQueue } from '../../jobs/job-queue.ts';
import { validSecrets } from '../endpoints/endpoint-settings.ts';
import { eventMessage } from '../event-payloads.ts';
import { type AttemptResult, claimDelivery, nextDueAt, recordAttempt } from './record-attempt.ts';
import type { EventSender } from './send-event.ts';

// At once, to one endpoint: a slow receiver gets no more than this from a process.
const CONCURRENCY = 4;
// Then other endpoints have their turn.
const TURN_MS = 30_000;

interface DeliverDeps {
  database: Database;
  queue: JobQueue;
  sender: EventSender;
  /** As `nextDelivery` takes it. */
  scheduleSeconds: readonly number[];
  onResult: (result: AttemptResult['result']) => void;
  log: Logger;
}

/**
 * The job `deliver-events`: sends what is due to one endpoint, four at a time, and comes back when
 * the next is due. One that finds the endpoint being worked on in this process only wakes that.
 */
export function createDeliverEvents(deps: DeliverDeps): JobHandler<'deliver-events'> {
  const { database, queue, sender, scheduleSeconds, onResult, log } = deps;
  const { prisma } = database;
  const working = new Map<string, DeliverySlots>();

  return async ({ endpointId }, signal) => {
    if (working.get(endpointId)?.wake()) return;
    const until = Date.now() + TURN_MS;
    const lanes = openDeliverySlots(
      CONCURRENCY,
      async () => !signal.aborted && Date.now() < until && (await deliverNext(endpointId, signal)),
    );
    // Stays there when it has ended: endpoints are few.
    working.set(endpointId, lanes);
    await lanes.finished;
    signal.throwIfAborted();
    await sendSuccessor(endpointId);
  };

  /** @returns whether there was something to send */
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
      // Whether it arrived nobody knows: whoever comes next sends it again, at once.
      if (signal.aborted) await giveBack(id);
      throw error;
    }
    return true;
  }

  async function giveBack(id: string): Promise<void> {
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

/** Work that is done by several at once, each taking the next piece until there is none. */
interface DeliverySlots {
  /**
   * Opens the lanes that have ended: there may be work again.
   *
   * @returns false when all have: then nobody waits for them any more
   */
  wake(): boolean;
  /** Resolves when all lanes have ended; rejects with what the last that failed threw. */
  finished: Promise<void>;
}

/**
 * @param most lanes at once
 * @param workOnNext takes the next piece; false when there is none
 */
function openDeliverySlots(most: number, workOnNext: () => Promise<boolean>): DeliverySlots {
  const { promise: finished, resolve, reject } = Promise.withResolvers<void>();
  let open = 0;
  let failure: { error: unknown } | undefined;

  async function lane(): Promise<void> {
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
    while (open < most) {
      open += 1;
      void lane();
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
