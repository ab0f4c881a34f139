import { Prisma } from '../generated/prisma/client.ts';

// Twilio writes who sends over a channel as `whatsapp:+15551234567`, and by SMS or MMS as the number
// alone [twilio.com/docs/messaging/channels]. Whoever has the number is one person on all of them.

/** Channels whose addresses hold a phone number. */
const CHANNELS = ['sms', 'mms', 'rcs', 'whatsapp', 'viber'];
const CHANNEL_NUMBER = `^(${CHANNELS.join('|')}):(\\+[0-9]+)$`;
const PATTERN = new RegExp(CHANNEL_NUMBER);
const NUMBER = /^\+\d+$/;

/** The phone number in the address of a channel; any other address as it is. */
export function personOf(address: string): string {
  return address.replace(PATTERN, '$2');
}

/** Every address of the person who has this one, the number itself or the address as given first. */
export function addressesOf(address: string): string[] {
  const person = personOf(address);
  if (!NUMBER.test(person)) return [person];
  return [person, ...CHANNELS.map((channel) => `${channel}:${person}`)];
}

/** `personOf` in SQL. */
export function personSql(address: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`regexp_replace(${address}, ${CHANNEL_NUMBER}, ${'\\2'})`;
}
