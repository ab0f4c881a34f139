import { z } from 'zod';
import { mediaFilterFields, messageFilterFields } from '../http/media-filter-schema.ts';
import { pageLimit } from '../http/page-limit.ts';
import { mediaSid } from '../http/sid-schema.ts';
import { cursorField } from './cursor.ts';

const limit = pageLimit(200, 50);

const page = { limit, cursor: cursorField.optional() };

/** Adds signed links to every item whose bytes are here. */
const links = z.enum(['true', 'false'], { error: 'true or false' }).default('false');

/** Query of `GET /api/v1/media`. */
export const mediaListQuery = z.strictObject({ ...page, ...mediaFilterFields, links });

/** Path of everything about one media. */
export const mediaPath = z.object({ sid: mediaSid });

/** Query of `GET /api/v1/media/{sid}`. */
export const mediaQuery = z.strictObject({ links });

/** Query of `GET /api/v1/messages`. */
export const messageListQuery = z.strictObject({
  ...page,
  ...messageFilterFields,
  moderation: mediaFilterFields.moderation,
});

export type MediaListQuery = z.output<typeof mediaListQuery>;
export type MessageListQuery = z.output<typeof messageListQuery>;
