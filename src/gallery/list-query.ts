import { z } from 'zod';
import { LIST_ORDERS, type ListOrder } from '../database/message-order.ts';
import { pageLimit } from '../http/fields.ts';
import { mediaFilterFields, messageFilterFields } from '../media/media-filter.ts';
import { mediaSid } from '../twilio/address-fields.ts';
import { type Cursor, cursorField } from './cursor.ts';

const limit = pageLimit(200, 50);

const page = {
  limit,
  cursor: cursorField.optional(),
  order: z.enum(LIST_ORDERS, { error: LIST_ORDERS.join(' or ') }).default('newest'),
};

/** A cursor continues in the order that it was issued for: the other one would skip or repeat items. */
function requireSameOrder(
  { cursor, order }: { cursor?: Cursor | undefined; order: ListOrder },
  context: z.RefinementCtx,
): void {
  if (cursor === undefined || cursor.order === order) return;
  const message = `is the nextCursor of a list with order=${cursor.order}`;
  context.addIssue({ code: 'custom', path: ['cursor'], message });
}

/** Whether to add signed links to every visible item whose bytes are stored. */
const links = z.enum(['true', 'false'], { error: 'true or false' }).default('false');

/** Query of `GET /api/v1/media`. */
export const mediaListQuery = z
  .strictObject({ ...page, ...mediaFilterFields, links })
  .superRefine(requireSameOrder);

/** Path of every route about one media item. */
export const mediaPath = z.object({ sid: mediaSid });

/** Query of `GET /api/v1/media/{sid}`. */
export const mediaQuery = z.strictObject({ links });

/** Query of `GET /api/v1/messages`. */
export const messageListQuery = z
  .strictObject({ ...page, ...messageFilterFields, moderation: mediaFilterFields.moderation })
  .superRefine(requireSameOrder);

export type MediaListQuery = z.output<typeof mediaListQuery>;
export type MessageListQuery = z.output<typeof messageListQuery>;
