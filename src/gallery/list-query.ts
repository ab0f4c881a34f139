import { z } from 'zod';
import { LIST_ORDERS, type ListOrder } from '../database/message-order.ts';
import { describeAsBoolean, flagParameter } from '../http/fields.ts';
import { NOT_A_CURSOR, pageLimit } from '../http/paging.ts';
import { mediaFilterFields, messageFilterFields, words } from '../media/media-filter.ts';
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

const transcript = words.optional().meta({
  description: 'Words, or parts of words, that the transcript contains, in upper or lower case.',
  examples: ['call back'],
});

/** Only of lists: bulk acts and exports take their filters as JSON. */
export const hasLocation = z
  .enum(['true', 'false'], { error: 'true or false' })
  .transform((text) => text === 'true')
  .optional()
  .meta({
    description:
      'Whether `details.location` of the attachment is there: only with EXTRACT_LOCATION.',
    override: describeAsBoolean,
  });

/** Query of `GET /api/v1/media`. */
export const mediaListQuery = z
  .strictObject({ ...page, ...mediaFilterFields, transcript, hasLocation, links })
  .superRefine(requireSameOrder);

/** Query of `GET /api/v1/media/page-starts`. */
export const pageStartsQuery = z
  .strictObject({
    every: pageLimit(200, 200).describe('Attachments of one page: `limit` of the list.'),
    limit: pageLimit(1000, 400),
    cursor: cursorField
      .refine(({ page }) => page === 'next', NOT_A_CURSOR)
      .optional()
      .describe('`nextCursor` of the page before.'),
    order: page.order,
    ...mediaFilterFields,
    hasLocation,
  })
  .superRefine(requireSameOrder);

/** Query of `GET /api/v1/media/{sid}`. */
export const mediaQuery = z.strictObject({ links });

/** Query of `GET /api/v1/messages`. */
export const messageListQuery = z
  .strictObject({ ...page, ...messageFilterFields, moderation: mediaFilterFields.moderation })
  .superRefine(requireSameOrder);

export type PageStartsQuery = z.output<typeof pageStartsQuery>;
export type MediaListQuery = z.output<typeof mediaListQuery>;
export type MessageListQuery = z.output<typeof messageListQuery>;
