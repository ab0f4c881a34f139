import type { Prisma } from '../../generated/prisma/client.ts';

// Of a delivery that was sent again and again; all are kept.
const MOST_ATTEMPTS = 20;

export const DELIVERY_INCLUDE = {
  event: { select: { id: true, type: true } },
  attempts: { orderBy: { id: 'desc' }, take: MOST_ATTEMPTS },
} as const satisfies Prisma.EventDeliveryInclude;

export type DeliveryRow = Prisma.EventDeliveryGetPayload<{ include: typeof DELIVERY_INCLUDE }>;

/** A delivery as the API tells it. */
export type DeliveryItem = ReturnType<typeof deliveryItem>;

export function deliveryItem(row: DeliveryRow) {
  const { id, endpointId, event, messageSid, mediaSid, state } = row;
  const { nextAttemptAt, createdAt, deliveredAt } = row;
  return {
    ...{ id, endpointId, eventId: event.id, type: event.type, messageSid, mediaSid, state },
    ...{ nextAttemptAt, createdAt, deliveredAt },
    /** The newest first. */
    attempts: row.attempts.map(({ at, milliseconds, status, error, response }) => ({
      ...{ at, milliseconds, status, error, response },
    })),
  };
}
