import type { Request, Response } from 'express';
import { AppError } from '../errors/app-error.ts';
import type { Blob, Media } from '../generated/prisma/client.ts';
import type { SendBlob } from '../http/send-blob.ts';
import { servedAs } from './served-as.ts';

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
