import { z } from 'zod';
import { MediaState, Moderation } from '../generated/prisma/client.ts';
import { instant } from '../http/fields.ts';
import { addressParameter, messageSid } from '../twilio/address-fields.ts';

function oneOf<T extends Record<string, string>>(values: T) {
  return z.enum(values, { error: `one of ${Object.values(values).join(', ')}` });
}

const address = z.string().min(1).max(100).pipe(addressParameter);

const WORDS = 'one to ten words, of at most 200 characters in all';
/** Words to find, split. */
export const words = z
  .string(WORDS)
  // PostgreSQL accepts neither NUL nor lone surrogates.
  .regex(/^[^\0]{1,200}$/s, WORDS)
  .refine((text) => text.isWellFormed(), WORDS)
  .transform((text) => text.trim().split(/\s+/u))
  .refine((words) => words[0] !== '' && words.length <= 10, WORDS)
  .meta({ override: { type: 'string', minLength: 1, maxLength: 200 } });

/** The filters of messages: sender, recipient, time, text. */
export const messageFilterFields = {
  from: address.optional().describe('The exact address of the sender.'),
  to: address.optional().describe('The exact address of the recipient.'),
  receivedAfter: instant.optional().describe('At or after this time.'),
  receivedBefore: instant.optional().describe('Before this time.'),
  text: words.optional().meta({
    description:
      'Words, or parts of words, that the text of the message contains: all of them, in any case.',
    examples: ['roof leak'],
  }),
};

const SHA256 = '64 hexadecimal digits';

/** The filters of media; all that are given must match. */
export const mediaFilterFields = {
  ...messageFilterFields,
  state: oneOf(MediaState).optional().describe('Without it all but deleted ones.'),
  moderation: oneOf(Moderation)
    .optional()
    .describe('Held-back ones only for moderators, whose default is all.'),
  contentType: z
    .string()
    .regex(/^[\w.+-]+(\/[\w.+-]*)?$/, 'a content type or its beginning, such as image/')
    .optional()
    .meta({ description: 'A content type, or its beginning.', examples: ['image/'] }),
  messageSid: messageSid.optional().describe('Of one message.'),
  sha256: z
    .string(SHA256)
    .regex(/^[0-9a-f]{64}$/i, SHA256)
    .transform((hash) => hash.toLowerCase())
    .optional()
    .meta({
      description: 'Of the bytes. Not of deleted ones.',
      override: { type: 'string', pattern: '^[0-9A-Fa-f]{64}$' },
    }),
};
