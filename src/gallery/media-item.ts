import type { Blob, Media, Message, Preview } from '../generated/prisma/client.ts';
import type { MediaDetails } from '../preview/preview-result.ts';
import type { Visibility } from './visibility.ts';

/** A media row with what an item shows of its neighbours. */
export type MediaRow = Media & {
  message: Pick<Message, 'body' | 'moderation'>;
  blob: (Blob & { previews: Preview[] }) | null;
};

/** What to read along with a media so that it can be shown. */
export const MEDIA_INCLUDE = {
  message: { select: { body: true, moderation: true } },
  blob: { include: { previews: true } },
} as const;

/**
 * One media as the API tells it. What can be seen of its bytes is told when it is stored, and so judged:
 * another media of the same bytes may have had them looked at long before. Text and numbers are told when
 * the message may be seen. Times are ISO 8601 in UTC, sizes in bytes and pixels. Who decided
 * about it is for moderators.
 */
export function mediaItem(row: MediaRow, visibility: Visibility) {
  const { blob } = row;
  const seen = row.state === 'stored' ? blob : null;
  const hidden = visibility === 'visible' && row.message.moderation !== 'visible';
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
    from: hidden ? null : row.from,
    to: hidden ? null : row.to,
    body: hidden || row.state === 'deleted' ? null : row.message.body,
    receivedAt: row.receivedAt,
    firstTriedAt: row.firstTriedAt,
    fetchedAt: row.fetchedAt,
    storedAt: row.storedAt,
    deletedAt: row.deletedAt,
  };
}

type Decided = Pick<Media, 'decidedBy' | 'decidedAt' | 'decisionCode' | 'decisionReason'>;

/** The last decision about a media or a message, as the API tells it to moderators. */
export type DecisionItem = NonNullable<ReturnType<typeof decisionOf>>;

/** Null where nobody decided. */
export function decisionOf({
  decidedBy: by,
  decidedAt: at,
  decisionCode,
  decisionReason,
}: Decided) {
  return by === null ? null : { by, at, reasonCode: decisionCode, reason: decisionReason };
}

/** Facts found in the bytes; null until they were looked at. */
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
