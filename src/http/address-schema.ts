import { z } from 'zod';

/** A sender or recipient in a query string. */
export const addressParameter = z
  .string()
  // PostgreSQL takes no NUL in text.
  .regex(/^[^\0]*$/, 'no NUL characters')
  // A bare + means a space there, and no address begins with one.
  .transform((text) => text.replace(/^ /, '+'));

// Twilio's lists say nothing of a number that cannot be one: they are empty. Short codes have three to
// eight digits, by country. Channels have addresses of their own.
const RECIPIENT = /^(?:\+[1-9]\d{6,14}|\d{3,8}|[a-z]{1,20}:[\x21-\x7e]{1,90})$/;
const RECIPIENT_WORDS =
  'a number in E.164 form, with + and the country code, such as +15557654321, a short code, or the ' +
  'address of a channel, such as whatsapp:+15557654321';

// Some countries let senders have a name instead of a number.
const NAME = /^(?=.*[A-Za-z])[A-Za-z0-9 +_&-]{1,11}$/;

/** Whether it may be who sends: what is not would never match a message. */
export function isSender(address: string): boolean {
  return RECIPIENT.test(address) || NAME.test(address);
}

/** A recipient that Twilio is asked for. */
export const recipientAddress = z.string(RECIPIENT_WORDS).regex(RECIPIENT, RECIPIENT_WORDS);
