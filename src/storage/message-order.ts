import type { Prisma } from '../generated/prisma/client.ts';

// How lists of messages are turned page by page: each page begins after the last row of the one
// before, so that messages that arrive meanwhile shift nothing.

/** Newest first; the sid decides between messages of one millisecond. */
export const NEWEST_FIRST = [
  { receivedAt: 'desc' },
  { sid: 'desc' },
] as const satisfies Prisma.MessageOrderByWithRelationInput[];

/** The messages that come after one in that order. */
export function isAfterMessage(receivedAt: Date, sid: string): Prisma.MessageWhereInput {
  return {
    // Implied by the other condition; it is what the index can seek to.
    receivedAt: { lte: receivedAt },
    OR: [{ receivedAt: { lt: receivedAt } }, { sid: { lt: sid } }],
  };
}
