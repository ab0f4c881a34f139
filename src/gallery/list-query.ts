import { z } from 'zod';
import { LIST_ORDERS, type ListOrder } from '../database/message-order.ts';
import { flagParameter } from '../http/fields.ts';
import { pageLimit } from '../http/paging.ts';
import { mediaFilterFields, messageFilterFields } from '../media/media-filter.ts';
import { type Cursor, cursorField } from './cursor.ts';

const limit = pageLimit(200, 50);

const page = {
  limit,
  cursor: cursorField.optional().describe('`nextCursor` of the page before.'),
  order: z
    .enum(LIST_ORDERS, { error: LIST_ORDERS.join(' or ') })
    .default('newest')
    .describe('Which messages come first.'),
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

const links = flagParameter.describe('Adds signed `links` to stored and visible items.');

/** Query of `GET /api/v1/media`. */
export const mediaListQuery = z
  .strictObject({ ...page, ...mediaFilterFields, links })
  .superRefine(requireSameOrder);

/** Query of `GET /api/v1/media/{sid}`. */
export const mediaQuery = z.strictObject({ links });

/** Query of `GET /api/v1/messages`. */
export const messageListQuery = z
  .strictObject({ ...page, ...messageFilterFields, moderation: mediaFilterFields.moderation })
  .superRefine(requireSameOrder);

export type MediaListQuery = z.output<typeof mediaListQuery>;
export type MessageListQuery = z.output<typeof messageListQuery>;
