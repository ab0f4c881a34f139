import type { Request, Response } from 'express';
import { AppError } from '../errors/app-error.ts';
import type { Blob, Media } from '../generated/prisma/client.ts';
import type { SendBlob } from '../http/send-blob.ts';

/** What is needed of a media to send its bytes. */
export type SendableMedia = Pick<Media, 'sid' | 'state' | 'reason' | 'nextAttemptAt'> &
  Pick<Media, 'contentType' | 'fileName'> & { blob: SendableBlob | null };

type SendableBlob = Pick<Blob, 'key' | 'sha256' | 'byteSize'>;

/**
 * Streams the bytes of a media: shown inline where a browser can do so safely, else as a download.
 *
 * @param isPublic whether the caller needs no credentials: pages of other origins may show pictures, videos
 *   and sounds, and nobody is told why it is not there
 * @throws AppError `media_not_stored`, and what `sendBlob` throws
 */
export async function sendMediaContent(
  request: Request,
  response: Response,
  sendBlob: SendBlob,
  media: SendableMedia,
  isPublic: boolean,
): Promise<void> {
  const blob = storedBlob(media, isPublic);
  const { contentType, inline } = servedAs(media);
  if (inline) response.set('Content-Disposition', 'inline');
  else response.attachment(media.fileName ?? media.sid);
  await sendBlob(request, response, {
    key: blob.key,
    byteSize: Number(blob.byteSize),
    etag: blob.sha256,
    contentType,
    // A delete must reach every copy: browsers keep the bytes, but ask each time.
    cacheControl: 'private, no-cache',
    // Pages of other origins show links with <img>, <video> and <audio>, and with nothing else.
    embeddable: isPublic && /^(image|video|audio)\//.test(contentType),
  });
}

/**
 * The blob of a stored media.
 *
 * @param isPublic whether the caller needs no credentials: then the reason is not told, which may name
 *   hosts and accounts
 * @throws AppError `media_not_stored`; with `Retry-After` while it can still come
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

/** Types that leave under their own name, as a download: few browsers show them, none runs them. */
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
 * How the bytes of a media item may leave: their type, and whether a browser may show them. They are a
 * stranger's, so only types that are listed here leave under their own name: a script, a style sheet, HTML
 * or SVG of this origin would be run or applied by pages that trust it. The rest is
 * `application/octet-stream`.
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
