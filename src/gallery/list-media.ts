import { MediaState } from '../generated/prisma/client.ts';
import type { Database } from '../storage/database.ts';
import { MEDIA_ORDERS, mediaSelection } from '../storage/media-scan.ts';
import { scanPage } from '../storage/scan-rows.ts';
import { encodeCursor } from './cursor.ts';
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
  const { cursor, order, limit, state } = query;
  const seen = mayBeSeen(sight, query.moderation);
  // A reader who does not see the numbers of a message must not find its media by them either.
  const isOfSeenMessage = sight === 'visible' && (query.from ?? query.to) !== undefined;
  const selection = await mediaSelection(prisma, { ...query, ...seen, isOfSeenMessage });
  const { page, last } = await scanPage(prisma, MEDIA_ORDERS[order], selection, cursor, limit);
  const rows = await prisma.media.findMany({
    where: {
      sid: { in: page.map(({ sid }) => sid) },
      // What was held back or deleted since the page was found is not shown.
      state: state ?? { not: MediaState.deleted },
      ...seen,
    },
    include: MEDIA_INCLUDE,
  });
  const rowOf = new Map(rows.map((row) => [row.sid, row]));
  return {
    items: page.flatMap(({ sid }) => {
      const row = rowOf.get(sid);
      return row === undefined ? [] : [mediaItem(row, sight)];
    }),
    nextCursor: last === undefined ? null : encodeCursor(last, order),
  };
}
