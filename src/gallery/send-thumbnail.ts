import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { Request, Response } from 'express';
import { AppError } from '../errors/app-error.ts';
import type { PreviewSize } from '../generated/prisma/client.ts';
import type { SendBlob } from '../http/send-blob.ts';
import { blurredThumbnail } from '../preview/blurred-thumbnail.ts';
import type { Access } from './access.ts';
import type { MediaRow } from './media-item.ts';
import { storedBlob } from './send-media.ts';

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
