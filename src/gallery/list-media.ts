import type { Database } from '../database/database.ts';
import { MEDIA_ORDERS, type MediaPlace, mediaSelection } from '../database/media-scan.ts';
import { scanPage } from '../database/scan-rows.ts';
import { AppError } from '../errors/app-error.ts';
import { MediaState } from '../generated/prisma/client.ts';
import { validate } from '../http/validate.ts';
import { encodeCursor } from './cursor.ts';
import { type MediaListQuery, mediaPath } from './list-query.ts';
import { MEDIA_INCLUDE, type MediaItem, type MediaRow, mediaItem } from './media-item.ts';
import { type Visibility, visibilityFilter } from './visibility.ts';

/**
 * One page of media, by newest or oldest message first; attachments of a message in their order.
 *
 * @throws AppError `forbidden` for a filter on media that the reader may not see
 */
export async function listMedia(
  { prisma }: Database,
  query: MediaListQuery,
  visibility: Visibility,
): Promise<{ items: MediaItem[]; nextCursor: string | null }> {
  const { cursor, order, limit, state } = query;
  const seen = visibilityFilter(visibility, query.moderation);
  // A reader who may not see the phone numbers of a message must not find its media by them either.
  const isMessageVisible = visibility === 'visible' && (query.from ?? query.to) !== undefined;
  const selection = await mediaSelection(prisma, { ...query, ...seen, isMessageVisible });
  for (let after: MediaPlace | undefined = cursor; ; ) {
    const { page, last } = await scanPage(prisma, MEDIA_ORDERS[order], selection, after, limit);
    const rows = await prisma.media.findMany({
      where: {
        sid: { in: page.map(({ sid }) => sid) },
        // Items that were held back, deleted or changed state since the scan are left out.
        state: state ?? { not: MediaState.deleted },
        ...seen,
      },
      include: MEDIA_INCLUDE,
    });
    const rowOf = new Map(rows.map((row) => [row.sid, row]));
    const items = page.flatMap(({ sid }) => {
      const row = rowOf.get(sid);
      return row === undefined ? [] : [mediaItem(row, visibility)];
    });
    // An empty page means the end of the list, so scan on when all items have just changed.
    if (items.length > 0 || last === undefined) {
      return { items, nextCursor: last === undefined ? null : encodeCursor(last, order) };
    }
    after = last;
  }
}

/**
 * Finds the media item of a path.
 *
 * @param params of the route: `sid`
 * @throws AppError `not_found`, also when the reader may not see it, and `media_deleted`
 */
type FindMedia = (params: unknown, visibility: Visibility) => Promise<MediaRow>;

export function createFindMedia({ prisma }: Database): FindMedia {
  return async (params, visibility) => {
    const { sid } = validate(mediaPath, params);
    const row = await prisma.media.findUnique({ where: { sid }, include: MEDIA_INCLUDE });
    if (row === null || (visibility === 'visible' && row.moderation !== 'visible')) {
      throw new AppError('not_found', 'There is no media with this sid.');
    }
    if (row.state === 'deleted') {
      throw new AppError('media_deleted', 'This media was deleted; nothing of it is left here.');
    }
    return row;
  };
}
