import { randomBytes } from 'node:crypto';
import { recordAudit } from '../../audit/record-audit.ts';
import type { Database, Transaction } from '../../database/database.ts';
import { toPage } from '../../database/scan-rows.ts';
import { AppError } from '../../errors/app-error.ts';
import type { EventEndpoint, Prisma } from '../../generated/prisma/client.ts';
import { encodeOpaqueCursor, type Page } from '../../http/paging.ts';
import type { JobQueue } from '../../jobs/job-queue.ts';
import { type EventData, TEST_EVENT } from '../event-schemas.ts';
import { newEventId } from '../record-events.ts';
import type { DeliveryItem, DeliveryListQuery } from './delivery-operations.ts';

export interface Deliveries {
  /**
   * One page of the deliveries of an endpoint, the newest event first.
   *
   * @throws AppError `not_found` when the endpoint does not exist
   */
  list(endpointId: string, query: DeliveryListQuery): Promise<Page<DeliveryItem>>;
  /**
   * Resends an event with a full retry schedule, whatever its state was.
   *
   * @throws AppError `not_found`; `conflict` while its endpoint is paused
   */
  resend(id: string): Promise<DeliveryItem>;
  /**
   * Sends a test event to one endpoint, whatever the types that it wants.
   *
   * @param actor for the event and the audit log
   * @throws AppError `not_found`; `conflict` while the endpoint is paused
   */
  sendTest(endpointId: string, actor: string): Promise<DeliveryItem>;
}

/** Deliveries in the database. */
export function createDeliveries({ prisma }: Database, queue: JobQueue): Deliveries {
  return {
    async list(endpointId, { state, cursor, limit }) {
      const endpoints = await prisma.eventEndpoint.count({ where: { id: endpointId } });
      if (endpoints === 0) throw new AppError('not_found', 'There is no endpoint with this id.');
      const rows = await prisma.eventDelivery.findMany({
        where: {
          endpointId,
          ...(state === undefined ? {} : { state }),
          ...(cursor === undefined ? {} : { position: { lt: cursor } }),
        },
        orderBy: { position: 'desc' },
        include: DELIVERY_INCLUDE,
        take: limit + 1,
      });
      const { page, last } = toPage(rows, limit);
      return {
        items: page.map(deliveryItem),
        nextCursor: last === undefined ? null : encodeOpaqueCursor(Number(last.position)),
      };
    },
    resend: (id) =>
      prisma.$transaction(async (tx) => {
        const delivery = await tx.eventDelivery.findUnique({
          where: { id },
          include: { endpoint: { select: { state: true } } },
        });
        if (delivery === null)
          throw new AppError('not_found', 'There is no delivery with this id.');
        const { endpointId, endpoint } = delivery;
        if (endpoint.state === 'paused') {
          throw new AppError('conflict', 'The endpoint is paused: resume it first.');
        }
        const row = await tx.eventDelivery.update({
          where: { id },
          data: {
            state: 'pending',
            failures: 0,
            firstFailedAt: null,
            nextAttemptAt: new Date(),
            deliveredAt: null,
          },
          include: DELIVERY_INCLUDE,
        });
        await queue.send(tx, 'deliver-events', [{ payload: { endpointId, at: 'now' } }]);
        return deliveryItem(row);
      }),
    sendTest: (endpointId, actor) =>
      prisma.$transaction(async (tx) => {
        // As the publisher of events does, which skips its turn meanwhile: it locks endpoints after this row, too.
        const [{ position }] = await tx.$queryRaw<[{ position: bigint }]>`
          UPDATE event_publication SET last_position = last_position + 1 RETURNING last_position AS position`;
        await requireActive(tx, endpointId);
        const eventId = newEventId();
        const data: EventData<typeof TEST_EVENT> = { endpointId, requestedBy: actor };
        // Without a message its own id keeps it from waiting for others of the endpoint.
        const messageSid = eventId;
        await tx.event.create({
          data: { id: eventId, type: TEST_EVENT, messageSid, data, position },
        });
        const row = await tx.eventDelivery.create({
          data: {
            id: `dlv_${randomBytes(16).toString('hex')}`,
            endpointId,
            position,
            messageSid,
            nextAttemptAt: new Date(),
          },
          include: DELIVERY_INCLUDE,
        });
        await queue.send(tx, 'deliver-events', [{ payload: { endpointId, at: 'now' } }]);
        await recordAudit(tx, [{ actor, action: 'endpoint.test', target: endpointId }]);
        return deliveryItem(row);
      }),
  };
}

/**
 * Keeps an endpoint from being deleted until the transaction ends.
 *
 * @throws AppError `not_found`; `conflict` while it is paused
 */
export async function requireActive(tx: Transaction, endpointId: string): Promise<void> {
  const [endpoint] = await tx.$queryRaw<{ state: EventEndpoint['state'] }[]>`
    SELECT state FROM event_endpoint WHERE id = ${endpointId} FOR KEY SHARE`;
  if (endpoint === undefined) {
    throw new AppError('not_found', 'There is no endpoint with this id.');
  }
  if (endpoint.state === 'paused') {
    throw new AppError('conflict', 'The endpoint is paused: resume it first.');
  }
}

// Returned for each delivery. A delivery that was resent often has more in the database.
const MAX_ATTEMPTS = 20;

const DELIVERY_INCLUDE = {
  event: { select: { id: true, type: true } },
  attempts: { orderBy: { id: 'desc' }, take: MAX_ATTEMPTS },
} as const satisfies Prisma.EventDeliveryInclude;

type DeliveryRow = Prisma.EventDeliveryGetPayload<{ include: typeof DELIVERY_INCLUDE }>;

function deliveryItem(row: DeliveryRow): DeliveryItem {
  const { id, endpointId, event, messageSid, mediaSid, state } = row;
  const { nextAttemptAt, createdAt, deliveredAt } = row;
  return {
    id,
    endpointId,
    eventId: event.id,
    type: event.type,
    messageSid: event.type === TEST_EVENT ? null : messageSid,
    mediaSid,
    state,
    nextAttemptAt,
    createdAt,
    deliveredAt,
    attempts: row.attempts.map(({ at, milliseconds, status, error, response }) => ({
      at,
      milliseconds,
      status,
      error,
      response,
    })),
  };
}
