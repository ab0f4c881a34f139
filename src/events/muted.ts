import { Prisma } from '../generated/prisma/client.ts';
import { personSql } from '../twilio/channel-address.ts';

/**
 * Whether the sender of an address is muted now. Asked when an event is written: later its message may
 * have lost the address.
 *
 * @param address a column
 */
export function isMutedSender(address: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`EXISTS (
    SELECT 1 FROM sender
    WHERE sender.muted AND sender.address IN (${address}, ${personSql(address)}))`;
}
