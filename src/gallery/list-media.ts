import type { Prisma } from '../generated/prisma/client.ts';
import { cutPage } from '../storage/cut-page.ts';
import type { Database } from '../storage/database.ts';
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
        filter(query),
        mayBeSeen(sight, query.moderation),
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

/** Deleted media are in the list only where somebody asks for them. */
function filter(query: MediaListQuery): Prisma.MediaWhereInput {
  const { state, from, to, contentType, messageSid, receivedAfter, receivedBefore } = query;
  return {
    state: state ?? { not: 'deleted' },
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(messageSid === undefined ? {} : { messageSid }),
    ...(contentType === undefined ? {} : { contentType: { startsWith: literally(contentType) } }),
    receivedAt: {
      ...(receivedAfter === undefined ? {} : { gte: receivedAfter }),
      ...(receivedBefore === undefined ? {} : { lt: receivedBefore }),
    },
  };
}

/** Prisma makes a LIKE pattern of it, in which _ would stand for any character. */
function literally(prefix: string): string {
  return prefix.replaceAll(/[\\%_]/g, '\\$&');
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
