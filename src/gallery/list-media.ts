import type { Prisma } from '../generated/prisma/client.ts';
import { cutPage } from '../storage/cut-page.ts';
import type { Database } from '../storage/database.ts';
import { mediaWhere } from '../storage/media-where.ts';
import { encodeCursor, type Position } from './cursor.ts';
import type { MediaListQuery } from './list-query.ts';
import { MEDIA_INCLUDE, type MediaItem, mediaItem } from './media-item.ts';
import { mayBeSeen, type Sight } from './sight.ts';

/**
 * One page of media, newest message first, attachments of a message in their order.
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
        isSenderSeen(query, sight),
        query.cursor === undefined ? {} : isAfter(query.cursor),
      ],
    },
    orderBy: [{ receivedAt: 'desc' }, { messageSid: 'desc' }, { index: 'asc' }],
    include: MEDIA_INCLUDE,
    take: query.limit + 1,
  });
  const { page, last } = cutPage(rows, query.limit);
  return {
    items: page.map((row) => mediaItem(row, sight)),
    nextCursor: last === undefined ? null : encodeCursor(last),
  };
}

/** Whoever does not see the numbers of a message must not find its media by them either. */
function isSenderSeen({ from, to }: MediaListQuery, sight: Sight): Prisma.MediaWhereInput {
  const isAsked = from !== undefined || to !== undefined;
  return isAsked && sight === 'visible' ? { message: { moderation: 'visible' } } : {};
}

// The first condition is implied by the others; it is what the index can seek to.
function isAfter({ receivedAt, messageSid, index }: Position): Prisma.MediaWhereInput {
  return {
    receivedAt: { lte: receivedAt },
    OR: [
      { receivedAt: { lt: receivedAt } },
      { messageSid: { lt: messageSid } },
      { messageSid, index: { gt: index } },
    ],
  };
}
