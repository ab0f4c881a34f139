import type { Blob, Media, Message, Preview } from '../generated/prisma/client.ts';
import type { MediaDetails } from '../preview/preview-result.ts';
import type { Visibility } from './visibility.ts';

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
export function mediaItem(row: MediaRow, visibility: Visibility) {
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
          scan: blob?.scan ?? null,
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

/** The last decision about a media item or a message, as moderators see it in the API. */
export type DecisionItem = NonNullable<ReturnType<typeof decisionOf>>;

/** Null without a decision. */
export function decisionOf({
  decidedBy: by,
  decidedAt: at,
  decisionCode,
  decisionReason,
}: Decided) {
  return by === null ? null : { by, at, reasonCode: decisionCode, reason: decisionReason };
}

/** Facts found in the bytes; null until a preview was made. */
function detailsOf(blob: MediaRow['blob']): MediaDetails | null {
  if (blob === null || blob.previewKind === null) return null;
  return (blob.details ?? {}) as MediaDetails;
}

export type MediaItem = ReturnType<typeof mediaItem>;

function previewOf(blob: MediaRow['blob']) {
  if (blob === null || blob.previewKind === null) return null;
  return {
    kind: blob.previewKind,
    reason: blob.previewReason,
    thumbhash: blob.thumbhash,
    sizes: Object.fromEntries(
      blob.previews.map(({ size, width, height, byteSize }) => [size, { width, height, byteSize }]),
    ),
  };
}
