import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { Request, Response } from 'express';
import { AppError } from '../errors/app-error.ts';
import type { EditPlan } from '../files/edit-plan.ts';
import type { Blob, Media, PreviewSize } from '../generated/prisma/client.ts';
import type { SendBlob } from '../http/send-blob.ts';
import { STRIPPING_VERSION } from '../metadata/strip-metadata.ts';
import { blurredThumbnail } from '../preview/blurred-thumbnail.ts';
import type { Access } from './access.ts';
import type { MediaRow } from './media-items.ts';

/** The columns needed to send the bytes of a media item. */
export type SendableMedia = Pick<Media, 'sid' | 'state' | 'reason' | 'nextAttemptAt'> &
  Pick<Media, 'contentType' | 'fileName'> & { blob: SendableBlob | null };

type SendableBlob = Pick<Blob, 'key' | 'sha256' | 'byteSize'>;

/**
 * Streams the bytes of a media item: inline when a browser can show them safely, otherwise as a download.
 *
 * @param options.isPublic whether the caller needs no credentials: pages of other origins may embed images, videos
 *   and audio, and errors do not include the reason
 * @param options.mayRedirect whether the attachment is visible, and not only revealed to the caller
 * @param options.edit makes them bytes without metadata; without it they are sent as they came
 * @throws AppError `media_not_stored`, and what `sendBlob` throws
 */
export async function sendMediaContent(
  request: Request,
  response: Response,
  sendBlob: SendBlob,
  media: SendableMedia,
  options: {
    isPublic: boolean;
    mayRedirect: boolean;
    edit?: ((path: string) => Promise<EditPlan>) | null;
  },
): Promise<void> {
  const { isPublic, mayRedirect, edit = null } = options;
  const blob = storedBlob(media, isPublic);
  const { contentType, inline } = servedAs(media);
  if (inline) response.set('Content-Disposition', 'inline');
  else response.attachment(media.fileName ?? media.sid);
  await sendBlob(request, response, {
    key: blob.key,
    byteSize: Number(blob.byteSize),
    etag: edit === null ? blob.sha256 : `${blob.sha256}-stripped-${STRIPPING_VERSION}`,
    edit: edit ?? undefined,
    mayRedirect,
    contentType,
    // A deletion must reach every copy: browsers cache the bytes, but revalidate each time.
    cacheControl: 'private, no-cache',
    // Pages of other origins may embed links only with <img>, <video> and <audio>.
    embeddable: isPublic && /^(image|video|audio)\//.test(contentType),
  });
}

/**
 * The blob of a stored media item.
 *
 * @param isPublic whether the caller needs no credentials: then the reason, which may name hosts and
 *   accounts, is left out
 * @throws AppError `media_not_stored`; with `Retry-After` while it may still be stored
 */
export function storedBlob<B extends SendableBlob>(
  media: SendableMedia & { blob: B | null },
  isPublic: boolean,
): B {
  const { state, reason, blob, nextAttemptAt } = media;
  if (state === 'stored' && blob !== null) return blob;
  const because = (why: string) => (isPublic ? '.' : `: ${why}`);
  if (state === 'failed') {
    throw new AppError('media_not_stored', `Not stored${because(String(reason))}`);
  }
  const wait = (nextAttemptAt?.getTime() ?? 0) - Date.now();
  throw new AppError(
    'media_not_stored',
    `Not stored yet${because(reason ?? 'it is being fetched')}`,
    {
      headers: { 'Retry-After': String(Math.max(1, Math.ceil(wait / 1000))) },
    },
  );
}

/** @throws AppError `reveal_needed` for media that are held back */
export function requireVisible({ sid, moderation }: MediaRow): void {
  if (moderation === 'visible') return;
  const hint = `POST /api/v1/media/${sid}/reveal returns links that show it.`;
  throw new AppError('reveal_needed', `It is ${moderation}. ${hint}`);
}

/** Types that a browser shows without running anything. */
const SHOWN_INLINE: ReadonlySet<string> = new Set([
  'image/jpeg',
  'image/png',
  'image/apng',
  'image/gif',
  'image/webp',
  'image/avif',
  'image/bmp',
  'video/mp4',
  'video/x-m4v',
  'video/webm',
  'video/3gpp',
  'video/quicktime',
  'audio/mpeg',
  'audio/mp4',
  'audio/x-m4a',
  'audio/aac',
  'audio/flac',
  'audio/ogg',
  'audio/wav',
  'audio/amr',
  'audio/amr-wb',
  'text/plain',
]);

/** Types sent with their own content type, as a download: few browsers show them, none runs them. */
const DOWNLOADED: ReadonlySet<string> = new Set([
  'image/heic',
  'image/heic-sequence',
  'image/heif',
  'image/heif-sequence',
  'image/tiff',
  'image/jp2',
  'image/jpx',
  'image/j2c',
  'image/jls',
  'image/jxl',
  'image/x-icon',
  'image/x-adobe-dng',
  'video/3gpp2',
  'video/ogg',
  'video/matroska',
  'video/mpeg',
  'video/MP1S',
  'video/MP2P',
  'video/mp2t',
  'video/vnd.avi',
  'video/x-flv',
  'video/x-ms-asf',
  'audio/ac3',
  'audio/aiff',
  'audio/basic',
  'audio/eac3',
  'audio/midi',
  'audio/qcelp',
  'audio/vnd.dolby.dd-raw',
  'audio/vnd.dts',
  'audio/x-caf',
  'audio/x-ms-asf',
  'application/pdf',
  'text/vcard',
  'text/x-vcard',
  'text/calendar',
  'text/x-vcalendar',
]);

const OTHER = 'application/octet-stream';

/**
 * The content type of a media item, and whether a browser may show it inline. The bytes are untrusted, so
 * only listed types are sent as such: a script, a style sheet, HTML or SVG of this origin would be run or
 * applied by pages that trust it. Everything else is `application/octet-stream`.
 */
export function servedAs({ contentType }: Pick<Media, 'contentType'>): {
  contentType: string;
  inline: boolean;
} {
  const type = contentType ?? OTHER;
  if (type === 'text/plain') return { contentType: 'text/plain; charset=utf-8', inline: true };
  if (SHOWN_INLINE.has(type)) return { contentType: type, inline: true };
  return { contentType: DOWNLOADED.has(type) ? type : OTHER, inline: false };
}

// Revalidated each time: a client must not keep showing a preview that was held back, deleted or remade.
const CACHE_CONTROL = 'private, no-cache';

/**
 * Sends a thumbnail. For media that are held back and not revealed it is a blur instead, whatever the size.
 *
 * @throws AppError `media_not_stored`, `no_preview`, and what `sendBlob` throws
 */
export async function sendThumbnail(
  request: Request,
  response: Response,
  sendBlob: SendBlob,
  media: MediaRow,
  { isRevealed, byLink }: Access,
  size: PreviewSize,
): Promise<void> {
  const blob = storedBlob(media, byLink);
  if (media.moderation !== 'visible' && !isRevealed) return sendBlur(response, blob.thumbhash);
  const preview = blob.previews.find((row) => row.size === size);
  if (preview === undefined) {
    const why = size === 'animated' ? 'It is not an animation, or it is too large.' : undefined;
    const reason = byLink ? undefined : blob.previewReason;
    throw new AppError('no_preview', why ?? reason ?? 'There is no preview.');
  }
  await sendBlob(request, response, {
    key: preview.key,
    byteSize: preview.byteSize,
    // A preview that is made again gets a new key.
    etag: basename(preview.key),
    contentType: preview.contentType,
    cacheControl: CACHE_CONTROL,
    embeddable: byLink,
  });
}

function sendBlur(response: Response, thumbhash: string | null): void {
  if (thumbhash === null) throw new AppError('no_preview', 'There is no preview.');
  const picture = blurredThumbnail(thumbhash);
  response
    .set({
      ETag: `"blur-${createHash('sha256').update(picture).digest('hex').slice(0, 32)}"`,
      'Cache-Control': CACHE_CONTROL,
      'X-Content-Type-Options': 'nosniff',
      'Cross-Origin-Resource-Policy': 'same-origin',
    })
    .type('image/png')
    .send(picture);
}
