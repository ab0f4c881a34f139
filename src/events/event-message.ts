import type { Event } from '../generated/prisma/client.ts';

/** An event as receivers and streams get it: the payload of the Standard Webhooks specification. */
export function eventMessage({
  type,
  createdAt,
  data,
}: Pick<Event, 'type' | 'createdAt' | 'data'>): string {
  return JSON.stringify({ type, timestamp: createdAt.toISOString(), data });
}
