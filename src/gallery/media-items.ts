import type { Database } from '../database/database.ts';
import { MEDIA_ORDERS, type MediaPlace, mediaSelection } from '../database/media-scan.ts';
import { scanPage } from '../database/scan-rows.ts';
import { AppError } from '../errors/app-error.ts';
import {
  type Blob,
  type Media,
  MediaState,
  type Message,
  type Preview,
} from '../generated/prisma/client.ts';
import type { Page } from '../http/paging.ts';
import { type MediaDetails, mediaDetails } from '../preview/media-details.ts';
import { previewKindName } from '../preview/preview-result.ts';
import { scanVerdict } from '../screening/classifier.ts';
import { encodeCursor } from './cursor.ts';
import type { DecisionItem, MediaItem } from './item-schemas.ts';
import type { MediaListQuery } from './list-query.ts';
import { type Visibility, visibilityFilter } from './visibility.ts';

/** A media row with the related rows that an item shows. */
export type MediaRow = Media & {
  message: Pick<Message, 'body' | 'moderation'>;
  blob: (Blob & { previews: Preview[] }) | null;
};

/** Relations to include for `mediaItem`. */
export const MEDIA_INCLUDE = {
  message: { select: { body: true, moderation: true } },
  blob: { include: { previews: true } },
} as const;

/**
 * One media item as the API returns it. Facts derived from its bytes are included only once it is stored,
 * that is, screened: the blob may have been analysed before, for another item with the same bytes. Text and
 * phone numbers are included when the message is visible to the reader. Times are ISO 8601 in UTC, sizes in
 * bytes and pixels. The decision and who made it are for moderators.
 */
export function mediaItem(row: MediaRow, visibility: Visibility): MediaItem {
  const { blob } = row;
  const seen = row.state === 'stored' ? blob : null;
  const isMessageHidden = visibility === 'visible' && row.message.moderation !== 'visible';
  return {
    sid: row.sid,
    messageSid: row.messageSid,
    accountSid: row.accountSid,
    index: row.index,
    state: row.state,
    reason: row.reason,
    attempts: row.attempts,
    nextAttemptAt: row.nextAttemptAt,
    moderation: row.moderation,
    pinned: row.pinned,
    ...(visibility === 'everything'
      ? {
          decision: decisionOf(row),
          scan: scanVerdict.safeParse(blob?.scan).data ?? null,
          nextScanAt: blob?.nextScanAt ?? null,
        }
      : {}),
    contentType: row.contentType,
    declaredContentType: row.declaredContentType,
    fileName: row.fileName,
    byteSize: blob === null ? null : Number(blob.byteSize),
    sha256: row.blobSha256 ?? row.deletedSha256,
    width: seen?.width ?? null,
    height: seen?.height ?? null,
    preview: previewOf(seen),
    details: detailsOf(seen),
    from: isMessageHidden ? null : row.from,
    to: isMessageHidden ? null : row.to,
    body: isMessageHidden || row.state === 'deleted' ? null : row.message.body,
    receivedAt: row.receivedAt,
    firstTriedAt: row.firstTriedAt,
    fetchedAt: row.fetchedAt,
    storedAt: row.storedAt,
    deletedAt: row.deletedAt,
  };
}

type Decided = Pick<Media, 'decidedBy' | 'decidedAt' | 'decisionCode' | 'decisionReason'>;

/** Null without a decision. */
export function decisionOf({
  decidedBy: by,
  decidedAt: at,
  decisionCode,
  decisionReason,
}: Decided): DecisionItem | null {
  if (by === null || at === null) return null;
  return { by, at, reasonCode: decisionCode, reason: decisionReason };
}

/** Facts found in the bytes; null until a preview was made. */
function detailsOf(blob: MediaRow['blob']): MediaDetails | null {
  if (blob === null || blob.previewKind === null) return null;
  // Details of a release with another format are not shown, rather than none of the list.
  return mediaDetails.safeParse(blob.details).data ?? {};
}

function previewOf(blob: MediaRow['blob']): MediaItem['preview'] {
  if (blob === null || blob.previewKind === null) return null;
  return {
    // A kind of another release is shown as none.
    kind: previewKindName.safeParse(blob.previewKind).data ?? 'none',
    reason: blob.previewReason,
    thumbhash: blob.thumbhash,
    sizes: Object.fromEntries(
      blob.previews.map(({ size, width, height, byteSize }) => [size, { width, height, byteSize }]),
    ),
  };
}

/**
 * One page of media, by newest or oldest message first; attachments of a message in their order.
 *
 * @throws AppError `forbidden` for a filter on media that the reader may not see
 */
export async function listMedia(
  { prisma }: Database,
  query: MediaListQuery,
  visibility: Visibility,
): Promise<Page<MediaItem>> {
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
 * Finds one media item.
 *
 * @throws AppError `not_found`, also when the reader may not see it, and `media_deleted`
 */
type FindMedia = (sid: string, visibility: Visibility) => Promise<MediaRow>;

export function createFindMedia({ prisma }: Database): FindMedia {
  return async (sid, visibility) => {
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
