import type { Prisma } from '../generated/prisma/client.ts';
import { cutPage } from '../storage/cut-page.ts';
import type { Database } from '../storage/database.ts';
import { mediaWhere } from '../storage/media-where.ts';
import type { ListOrder } from '../storage/message-order.ts';
import { type Cursor, encodeCursor } from './cursor.ts';
import type { MediaListQuery } from './list-query.ts';
import { MEDIA_INCLUDE, type MediaItem, mediaItem } from './media-item.ts';
import { mayBeSeen, type Sight } from './sight.ts';

/**
 * One page of media, newest message first or oldest, attachments of a message in their order.
 *
 * @throws AppError `forbidden` for a filter on what the reader does not see
 */
export async function listMedia(
  { prisma }: Database,
  query: MediaListQuery,
  sight: Sight,
): Promise<{ items: MediaItem[]; nextCursor: string | null }> {
  const rows = await prisma.media.findMany({
    where: {
      AND: [
        mediaWhere(query),
        mayBeSeen(sight, query.moderation),
        query.cursor === undefined ? {} : isAfter(query.cursor),
      ],
    },
    orderBy: [...ORDERS[query.order]],
    include: MEDIA_INCLUDE,
    take: query.limit + 1,
  });
  const { page, last } = cutPage(rows, query.limit);
  return {
    items: page.map((row) => mediaItem(row, sight)),
    nextCursor: last === undefined ? null : encodeCursor(last, query.order),
  };
}

// The attachments of a message are in their order in either.
const ORDERS = {
  newest: [{ receivedAt: 'desc' }, { messageSid: 'desc' }, { index: 'asc' }],
  oldest: [{ receivedAt: 'asc' }, { messageSid: 'asc' }, { index: 'asc' }],
} as const satisfies Record<ListOrder, Prisma.MediaOrderByWithRelationInput[]>;

// The first condition is implied by the others; it is what the index can seek to.
function isAfter({ receivedAt, messageSid, index, order }: Cursor): Prisma.MediaWhereInput {
  if (order === 'oldest') {
    return {
      receivedAt: { gte: receivedAt },
      OR: [
        { receivedAt: { gt: receivedAt } },
        { messageSid: { gt: messageSid } },
        { messageSid, index: { gt: index } },
      ],
    };
  }
  return {
    receivedAt: { lte: receivedAt },
    OR: [
      { receivedAt: { lt: receivedAt } },
      { messageSid: { lt: messageSid } },
      { messageSid, index: { gt: index } },
    ],
  };
}
