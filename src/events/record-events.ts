import { randomBytes } from 'node:crypto';
import type { Transaction } from '../database/database.ts';
import { Prisma } from '../generated/prisma/client.ts';
import { personSql } from '../twilio/channel-address.ts';
import type { EventData, EventType } from './event-schemas.ts';

/** An event of one type. */
export interface EventOf<T extends EventType> {
  type: T;
  messageSid: string;
  mediaSid?: string;
  data: EventData<T>;
}

/** An event of any type. */
export type NewEvent = { [T in EventType]: EventOf<T> }[EventType];

/**
 * Writes events in the transaction of the change that they report: they exist if and only if it
 * commits. For muted senders nothing is written, except that a requested deletion is complete.
 *
 * @param tx committed by the caller
 */
export async function recordEvents(tx: Transaction, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  const rows = events.map(({ type, messageSid, mediaSid, data }, place) => ({
    place,
    id: newEventId(),
    type,
    message_sid: messageSid,
    media_sid: mediaSid ?? null,
    data,
  }));
  await tx.$executeRaw(Prisma.sql`
    INSERT INTO event (id, type, message_sid, media_sid, data)
    SELECT id, type, message_sid, media_sid, data
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS row (
      place int, id text, type text, message_sid text, media_sid text, data jsonb
    )
    WHERE type = 'deletion.completed' OR NOT EXISTS (
      SELECT 1 FROM message WHERE message.sid = row.message_sid
        AND (message.muted OR ${isMutedSender(Prisma.sql`message."from"`)}))
    ORDER BY place`);
}

/** The format of `newEventId`. */
export const EVENT_ID = /^evt_[0-9a-f]{32}$/;

/** Receivers use the id to recognize duplicates of an event. */
export function newEventId(): string {
  return `evt_${randomBytes(16).toString('hex')}`;
}

/**
 * Whether the sender with an address is muted now. Evaluated when an event is written: the address may
 * be removed from the message later.
 *
 * @param address a column
 */
export function isMutedSender(address: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`EXISTS (
    SELECT 1 FROM sender
    WHERE sender.muted AND sender.address IN (${address}, ${personSql(address)}))`;
}
