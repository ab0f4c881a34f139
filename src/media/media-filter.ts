import { z } from 'zod';
import { MediaState, Moderation } from '../generated/prisma/client.ts';
import { instant } from '../http/fields.ts';
import { addressParameter, messageSid } from '../twilio/address-fields.ts';

function oneOf<T extends Record<string, string>>(values: T) {
  return z.enum(values, { error: `one of ${Object.values(values).join(', ')}` });
}

const address = z.string().min(1).max(100).pipe(addressParameter);

/** The filters of messages: sender, recipient, time. */
export const messageFilterFields = {
  from: address.optional().describe('The exact address of the sender.'),
  to: address.optional().describe('The exact address of the recipient.'),
  receivedAfter: instant.optional().describe('At or after this time.'),
  receivedBefore: instant.optional().describe('Before this time.'),
};

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
};
