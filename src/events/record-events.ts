import { randomBytes } from 'node:crypto';
import type { Prisma } from '../generated/prisma/client.ts';
import type { Transaction } from '../storage/database.ts';
import type { EventType } from './event-types.ts';

/** Something that happened. `data` holds sids and facts, never numbers or texts of people. */
export interface NewEvent {
  type: EventType;
  messageSid: string;
  mediaSid?: string;
  data: Prisma.InputJsonObject;
}

/**
 * Writes events in the transaction of what they tell: they exist when, and only when, it commits.
 *
 * @param tx the caller commits it
 */
export async function recordEvents(tx: Transaction, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  await tx.event.createMany({ data: events.map((event) => ({ id: newEventId(), ...event })) });
}

/** What `newEventId` writes. */
export const EVENT_ID = /^evt_[0-9a-f]{32}$/;

/** What receivers tell repetitions of an event by. */
export function newEventId(): string {
  return `evt_${randomBytes(16).toString('hex')}`;
}
