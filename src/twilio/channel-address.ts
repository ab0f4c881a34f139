import { Prisma } from '../generated/prisma/client.ts';

// Twilio writes the sender as `whatsapp:+15551234567` for a channel, and as the number alone for SMS and MMS
// [twilio.com/docs/messaging/channels]. The same number is treated as the same person on all channels.

/** Channels whose addresses hold a phone number. */
const CHANNELS = ['sms', 'mms', 'rcs', 'whatsapp', 'viber'];
const CHANNEL_NUMBER = `^(${CHANNELS.join('|')}):(\\+[0-9]+)$`;
const PATTERN = new RegExp(CHANNEL_NUMBER);
const NUMBER = /^\+\d+$/;

/** The phone number in a channel address; any other address unchanged. */
export function personOf(address: string): string {
  return address.replace(PATTERN, '$2');
}

/**
 * All addresses of the person with this address; the phone number, or else the address itself, comes
 * first.
 */
export function addressesOf(address: string): string[] {
  const person = personOf(address);
  if (!NUMBER.test(person)) return [person];
  return [person, ...CHANNELS.map((channel) => `${channel}:${person}`)];
}

/** `personOf` in SQL. */
export function personSql(address: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`regexp_replace(${address}, ${CHANNEL_NUMBER}, ${'\\2'})`;
}
