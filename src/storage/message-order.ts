import type { Prisma } from '../generated/prisma/client.ts';

// How lists of messages are turned page by page: each page begins after the last row of the one
// before, so that messages that arrive meanwhile shift nothing.

export const LIST_ORDERS = ['newest', 'oldest'] as const;

/** What comes first. */
export type ListOrder = (typeof LIST_ORDERS)[number];

/** Newest first; the sid decides between messages of one millisecond. */
export const NEWEST_FIRST = [
  { receivedAt: 'desc' },
  { sid: 'desc' },
] as const satisfies Prisma.MessageOrderByWithRelationInput[];

/** The other way round: the same index, read backwards. */
export const OLDEST_FIRST = [
  { receivedAt: 'asc' },
  { sid: 'asc' },
] as const satisfies Prisma.MessageOrderByWithRelationInput[];

/** The messages that come after one in an order. */
export function isAfterMessage(
  receivedAt: Date,
  sid: string,
  order: ListOrder = 'newest',
): Prisma.MessageWhereInput {
  if (order === 'oldest') {
    return {
      receivedAt: { gte: receivedAt },
      OR: [{ receivedAt: { gt: receivedAt } }, { sid: { gt: sid } }],
    };
  }
  return {
    // Implied by the other condition; it is what the index can seek to.
    receivedAt: { lte: receivedAt },
    OR: [{ receivedAt: { lt: receivedAt } }, { sid: { lt: sid } }],
  };
}
