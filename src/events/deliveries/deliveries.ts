import { cutPage } from '../../database/cut-page.ts';
import type { Database } from '../../database/database.ts';
import { AppError } from '../../errors/app-error.ts';
import type { DeliveryState } from '../../generated/prisma/client.ts';
import type { JobQueue } from '../../jobs/job-queue.ts';
import { encodePosition } from './deliveries-query.ts';
import { DELIVERY_INCLUDE, type DeliveryItem, deliveryItem } from './delivery-item.ts';

export interface Deliveries {
  /**
   * One page of what was sent to an endpoint, the newest event first.
   *
   * @throws AppError `not_found` when there is no such endpoint
   */
  list(
    endpointId: string,
    query: { state?: DeliveryState | undefined; cursor?: bigint | undefined; limit: number },
  ): Promise<{ items: DeliveryItem[]; nextCursor: string | null }>;
  /**
   * Sends an event again, with all its tries, whatever became of it before.
   *
   * @throws AppError `not_found`; `conflict` while its endpoint is paused
   */
  resend(id: string): Promise<DeliveryItem>;
}

/** Deliveries in the database. */
export function createDeliveries({ prisma }: Database, queue: JobQueue): Deliveries {
  return {
    async list(endpointId, { state, cursor, limit }) {
      const endpoints = await prisma.eventEndpoint.count({ where: { id: endpointId } });
      if (endpoints === 0) throw new AppError('not_found', 'There is no endpoint of this id.');
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
      const { page, last } = cutPage(rows, limit);
      return {
        items: page.map(deliveryItem),
        nextCursor: last === undefined ? null : encodePosition(last.position),
      };
    },
    resend: (id) =>
      prisma.$transaction(async (tx) => {
        const delivery = await tx.eventDelivery.findUnique({
          where: { id },
          include: { endpoint: { select: { state: true } } },
        });
        if (delivery === null) throw new AppError('not_found', 'There is no delivery of this id.');
        const { endpointId, endpoint } = delivery;
        if (endpoint.state === 'paused') {
          throw new AppError('conflict', 'Its endpoint is paused: resume that first.');
        }
        const row = await tx.eventDelivery.update({
          where: { id },
          data: {
            ...{ state: 'pending', failures: 0, firstFailedAt: null },
            ...{ nextAttemptAt: new Date(), deliveredAt: null },
          },
          include: DELIVERY_INCLUDE,
        });
        await queue.send(tx, 'deliver-events', [{ payload: { endpointId, at: 'now' } }]);
        return deliveryItem(row);
      }),
  };
}
