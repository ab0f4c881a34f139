import { z } from 'zod';
import { MediaState, Moderation } from '../generated/prisma/client.ts';
import { addressParameter } from '../http/address-schema.ts';
import { instant } from '../http/instant-schema.ts';
import { mediaSid, messageSid } from '../http/sid-schema.ts';
import { cursorField } from './cursor.ts';

const LIMIT = 'a whole number from 1 to 200';
const limit = z
  .string()
  .regex(/^\d{1,3}$/, LIMIT)
  .transform(Number)
  .pipe(z.number().min(1, LIMIT).max(200, LIMIT))
  .default(50);

const address = z.string().min(1).max(100).pipe(addressParameter);

const common = {
  limit,
  cursor: cursorField.optional(),
  from: address.optional(),
  to: address.optional(),
  receivedAfter: instant.optional(),
  receivedBefore: instant.optional(),
};

/** Adds signed links to every item whose bytes are here. */
const links = z.enum(['true', 'false'], { error: 'true or false' }).default('false');

/** Query of `GET /api/v1/media`. */
export const mediaListQuery = z.strictObject({
  ...common,
  state: z.enum(MediaState, { error: `one of ${Object.values(MediaState).join(', ')}` }).optional(),
  moderation: z
    .enum(Moderation, { error: `one of ${Object.values(Moderation).join(', ')}` })
    .optional(),
  contentType: z
    .string()
    .regex(/^[\w.+-]+(\/[\w.+-]*)?$/, 'a content type or its beginning, such as image/')
    .optional(),
  messageSid: messageSid.optional(),
  links,
});

/** Path of everything about one media. */
export const mediaPath = z.object({ sid: mediaSid });

/** Query of `GET /api/v1/media/{sid}`. */
export const mediaQuery = z.strictObject({ links });

/** Query of `GET /api/v1/messages`. */
export const messageListQuery = z.strictObject(common);

export type MediaListQuery = z.output<typeof mediaListQuery>;
export type MessageListQuery = z.output<typeof messageListQuery>;
