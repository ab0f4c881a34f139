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
  from: address.optional(),
  to: address.optional(),
  receivedAfter: instant.optional(),
  receivedBefore: instant.optional(),
};

/** The filters of media; all that are given must match. */
export const mediaFilterFields = {
  ...messageFilterFields,
  state: oneOf(MediaState).optional(),
  moderation: oneOf(Moderation).optional(),
  contentType: z
    .string()
    .regex(/^[\w.+-]+(\/[\w.+-]*)?$/, 'a content type or its beginning, such as image/')
    .optional(),
  messageSid: messageSid.optional(),
};
