import { z } from 'zod';
import { MEDIA_SID, MESSAGE_SID } from './sids.ts';

// What a message comes from and goes to, in the forms in which Twilio writes it. What is written down here
// by hand (an import, a decision about a sender, a request to Twilio) has to have one of them: mistyped, it
// would match no message ever. What looks for messages (filters of lists, export, erasure) takes whatever a
// message may have said, because messages are kept as they came.

const FORMS = {
  number: /^\+[1-9]\d{6,14}$/,
  // Three to eight digits, by country.
  shortCode: /^\d{3,8}$/,
  channel: /^[a-z]{1,20}:[\x21-\x7e]{1,90}$/,
};

/** An alphanumeric sender id: some countries let senders of texts have a name. They send no media. */
const NAME = /^(?=.*[A-Za-z])[A-Za-z0-9 +_&-]{1,11}$/;

const ADDRESS_WORDS =
  'a number in E.164 form, with + and the country code, such as +15557654321, a short code, or the ' +
  'address of a channel, such as whatsapp:+15557654321';
const SENDER_WORDS =
  'as messages have it in `from`: a number with + and the country code, such as +15551234567, a short ' +
  'code, an address such as whatsapp:+15551234567, or a name of at most 11 letters and digits';
const STORED_WORDS =
  'the address that messages come from, such as +15551234567, of at most 100 characters';

function isAddress(text: string): boolean {
  return Object.values(FORMS).some((form) => form.test(text));
}

/** A recipient that Twilio is asked for. */
export const recipientAddress = z.string(ADDRESS_WORDS).refine(isAddress, ADDRESS_WORDS);

/** The sender or recipient of an imported message; empty where it is not known. */
export const importedAddress = z
  .string(ADDRESS_WORDS)
  .refine((text) => text === '' || isAddress(text), ADDRESS_WORDS)
  .default('');

/** A sender that somebody decides about. */
export const decidedSender = z
  .string(SENDER_WORDS)
  .refine((text) => isAddress(text) || NAME.test(text), SENDER_WORDS);

/** A sender whose messages are looked for: whatever a message may have said. */
export const storedSender = z
  .string(STORED_WORDS)
  // PostgreSQL takes no NUL in text, and no half of a character.
  .regex(/^[^\0]{1,100}$/, STORED_WORDS)
  .refine((text) => text.isWellFormed(), STORED_WORDS);

/** A sender or recipient in a query string: whatever a message may have said. */
export const addressParameter = z
  .string()
  // PostgreSQL takes no NUL in text.
  .regex(/^[^\0]*$/, 'no NUL characters')
  // A bare + means a space there, and no address begins with one.
  .transform((text) => text.replace(/^ /, '+'));

/** The sid of a media: `ME` and 32 hexadecimal digits. */
export const mediaSid = z.string().regex(MEDIA_SID, 'ME and 32 hexadecimal digits');

/** The sid of a message: `MM` or `SM` and 32 hexadecimal digits. */
export const messageSid = z.string().regex(MESSAGE_SID, 'MM or SM and 32 hexadecimal digits');
