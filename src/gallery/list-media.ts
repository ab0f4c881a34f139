import type { Transaction } from '../database/database.ts';
import {
  MEDIA_BACKWARDS,
  MEDIA_ORDERS,
  type MediaFilter,
  type MediaPlace,
  mediaSelection,
} from '../database/media-scan.ts';
import { type ScanSelection, scanPage } from '../database/scan-rows.ts';
import { MediaState } from '../generated/prisma/client.ts';
import type { TwoWayPage } from '../http/paging.ts';
import { PREVIEW_TYPES } from '../preview/preview-types.ts';
import { foldWords } from '../transcripts/transcript-text.ts';
import { cursorsAround } from './cursor.ts';
import type { MediaItem } from './item-schemas.ts';
import type { MediaListQuery } from './list-query.ts';
import { MEDIA_INCLUDE, mediaItem } from './media-items.ts';
import { type Visibility, visibilityFilter } from './visibility.ts';

/** Of all files that can have a transcript. */
const SOUND_TYPES: readonly string[] = [...PREVIEW_TYPES.audio, ...PREVIEW_TYPES.video];

/**
 * One page of media, by newest or oldest message first; attachments of a message in their order.
 *
 * @throws AppError `forbidden` for a filter on media that the reader may not see
 */
export async function listMedia(
  db: Transaction,
  query: MediaListQuery,
  visibility: Visibility,
): Promise<TwoWayPage<MediaItem>> {
  const { cursor, order, limit, transcript, ...filter } = query;
  const { state } = filter;
  const isBackwards = cursor?.page === 'previous';
  const scanned = (isBackwards ? MEDIA_BACKWARDS : MEDIA_ORDERS)[order];
  const seen = visibilityFilter(visibility, query.moderation);
  const spoken = transcript && { words: foldWords(transcript), contentTypes: SOUND_TYPES };
  const wanted = { ...filter, transcript: spoken };
  const selection = await readableSelection(db, wanted, visibility);
  for (let after: MediaPlace | undefined = cursor; ; ) {
    const { page, last } = await scanPage(db, scanned, selection, after, limit);
    const rows = await db.media.findMany({
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
      const cursors = cursorsAround(page, last !== undefined, order, cursor?.page);
      return { items: isBackwards ? items.reverse() : items, ...cursors };
    }
    after = last;
  }
}

/**
 * The media that a filter selects, as far as the reader may see them.
 *
 * @throws AppError `forbidden` for a filter on media that the reader may not see
 */
export function readableSelection(
  db: Pick<Transaction, '$queryRaw'>,
  filter: MediaFilter,
  visibility: Visibility,
): Promise<ScanSelection> {
  const seen = visibilityFilter(visibility, filter.moderation);
  // A reader who may not see the numbers and the text of a message must not find its media by them either.
  const isByMessage = (filter.from ?? filter.to ?? filter.text) !== undefined;
  const isMessageVisible = visibility === 'visible' && isByMessage;
  return mediaSelection(db, { ...filter, ...seen, isMessageVisible });
}
