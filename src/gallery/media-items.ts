import type { Database } from '../database/database.ts';
import { AppError } from '../errors/app-error.ts';
import type {
  Blob,
  Media,
  Message,
  Preview,
  Rendition,
  Transcript,
} from '../generated/prisma/client.ts';
import { mediaDetails } from '../preview/media-details.ts';
import { previewKindName } from '../preview/preview-result.ts';
import { MAX_PAGES, pagesOf, renditionOf } from '../preview/renditions/rendition-types.ts';
import { scanVerdict } from '../screening/classifier.ts';
import type { DecisionItem, MediaItem } from './item-schemas.ts';
import type { Visibility } from './visibility.ts';

type RenditionRow = Pick<Rendition, 'name' | 'page' | 'state' | 'reason'>;

type TranscriptRow = Pick<Transcript, 'state' | 'text' | 'language' | 'reason'>;

/** A media row with the related rows that an item shows. */
export type MediaRow = Media & {
  message: Pick<Message, 'body' | 'moderation'>;
  blob:
    | (Blob & {
        previews: Preview[];
        renditions: RenditionRow[];
        transcript: TranscriptRow | null;
      })
    | null;
};

const MESSAGE = { select: { body: true, moderation: true } } as const;
const RENDITIONS = {
  select: { name: true, page: true, state: true, reason: true },
  orderBy: { page: 'asc' },
} as const;

const TRANSCRIPT = { select: { state: true, text: true, language: true, reason: true } } as const;

/** Relations to include for `mediaItem` in lists: of renditions, only those of first pages. */
export const MEDIA_INCLUDE = {
  message: MESSAGE,
  blob: {
    include: {
      previews: true,
      renditions: { ...RENDITIONS, where: { page: 1 } },
      transcript: TRANSCRIPT,
    },
  },
} as const;

/** The same with the renditions of all pages. */
const ITEM_INCLUDE = {
  message: MESSAGE,
  blob: { include: { previews: true, renditions: RENDITIONS, transcript: TRANSCRIPT } },
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
    failureCode: row.state === 'failed' ? row.failureCode : null,
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
    renditions: renditionsOf(seen),
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
function detailsOf(blob: MediaRow['blob']): MediaItem['details'] {
  if (blob === null || blob.previewKind === null) return null;
  const { details, transcript } = blob;
  // Details of a release with another format are not shown, rather than none of the list.
  const facts = mediaDetails.safeParse(details).data ?? {};
  return transcript === null ? facts : { ...facts, transcript };
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

/** Those that exist or are being made, or else the one that could be made. */
function renditionsOf(blob: MediaRow['blob']): MediaItem['renditions'] {
  if (blob === null) return [];
  const name = renditionOf(blob);
  if (name === null) return [];
  const pages = Math.min(pagesOf(blob), MAX_PAGES);
  const rows = blob.renditions.filter((row) => row.name === name);
  if (rows.length === 0) return [{ as: name, page: 1, pages, state: 'possible', reason: null }];
  return rows.map(({ page, state, reason }) => {
    return { as: name, page, pages, state: state === 'original' ? 'ready' : state, reason };
  });
}

/**
 * Finds one media item.
 *
 * @throws AppError `not_found`, also when the reader may not see it, and `media_deleted`
 */
type FindMedia = (sid: string, visibility: Visibility) => Promise<MediaRow>;

export function createFindMedia({ prisma }: Database): FindMedia {
  return async (sid, visibility) => {
    const row = await prisma.media.findUnique({ where: { sid }, include: ITEM_INCLUDE });
    if (row === null || (visibility === 'visible' && row.moderation !== 'visible')) {
      throw new AppError('not_found', 'There is no media with this sid.');
    }
    if (row.state === 'deleted') {
      throw new AppError('media_deleted', 'This media was deleted; nothing of it is left here.');
    }
    return row;
  };
}
