import { z } from 'zod';
import { ACCOUNT_SID, MEDIA_SID, MESSAGE_SID } from './sids.ts';

// Senders and recipients in the forms in which Twilio writes them. Addresses entered by hand (an import,
// a decision about a sender, a request to Twilio) must have one of these forms: a mistyped one would
// never match a message. Searches (list filters, export, erasure) accept any text that a message may
// have, because messages are stored as received.

const FORMS = {
  number: /^\+[1-9]\d{6,14}$/,
  // Three to eight digits, depending on the country.
  shortCode: /^\d{3,8}$/,
  channel: /^[a-z]{1,20}:[\x21-\x7e]{1,90}$/,
};

const FORM_PATTERN = Object.values(FORMS)
  .map(({ source }) => source.slice(1, -1))
  .join('|');

/** An alphanumeric sender id, which some countries allow for SMS. They send no media. */
const NAME = /^(?=.*[A-Za-z])[A-Za-z0-9 +_&-]{1,11}$/;

const ADDRESS_FORMAT =
  'a number in E.164 form, with + and the country code, such as +15557654321, a short code, or the ' +
  'address of a channel, such as whatsapp:+15557654321';
const SENDER_FORMAT =
  'as messages have it in `from`: a number with + and the country code, such as +15551234567, a short ' +
  'code, an address such as whatsapp:+15551234567, or a name of at most 11 letters and digits';
const STORED_FORMAT =
  'the address that messages come from, such as +15551234567, of at most 100 characters';

function isAddress(text: string): boolean {
  return Object.values(FORMS).some((form) => form.test(text));
}

/** A recipient in a request to Twilio. */
export const recipientAddress = z.string(ADDRESS_FORMAT).refine(isAddress, ADDRESS_FORMAT);

/** The sender or recipient of an imported message; empty where it is not known. */
export const importedAddress = z
  .string(ADDRESS_FORMAT)
  .refine((text) => text === '' || isAddress(text), ADDRESS_FORMAT)
  .default('')
  .meta({ override: { pattern: `^(${FORM_PATTERN})?$`, examples: ['+15551234567'] } });

/** A sender for a decision by a moderator. */
export const decidedSender = z
  .string(SENDER_FORMAT)
  .refine((text) => isAddress(text) || NAME.test(text), SENDER_FORMAT);

/** A sender in a search: any text that a message may have. */
export const storedSender = z
  .string(STORED_FORMAT)
  // PostgreSQL accepts neither NUL nor lone surrogates in text.
  .regex(/^[^\0]{1,100}$/, STORED_FORMAT)
  .refine((text) => text.isWellFormed(), STORED_FORMAT);

/** A sender or recipient in a query string: any text that a message may have. */
export const addressParameter = z
  .string()
  // PostgreSQL accepts no NUL in text.
  .regex(/^[^\0]*$/, 'no NUL characters')
  // An unescaped + in a query string means a space, and no address begins with one.
  .transform((text) => text.replace(/^ /, '+'))
  .meta({ override: { type: 'string', examples: ['+15551234567'] } });

/** The sid of an attachment: `ME` and 32 hexadecimal digits. */
export const mediaSid = z
  .string()
  .regex(MEDIA_SID, 'ME and 32 hexadecimal digits')
  .meta({ examples: ['ME20229594c3db09da4d5db631b4a799bd'] });

/** The sid of a message: `MM` or `SM` and 32 hexadecimal digits. */
export const messageSid = z
  .string()
  .regex(MESSAGE_SID, 'MM or SM and 32 hexadecimal digits')
  .meta({ examples: ['MM057026992751d97039eb1322f0ab932f'] });

/** The sid of an account: `AC` and 32 hexadecimal digits. */
export const accountSid = z
  .string()
  .regex(ACCOUNT_SID, 'AC and 32 hexadecimal digits')
  .meta({ examples: ['AC00000000000000000000000000000001'] });
