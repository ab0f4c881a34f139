import { Router } from 'express';
import { z } from 'zod';
import { AppError } from '../errors.ts';
import type { RequireRole } from '../http/authentication.ts';
import { mediaSid, messageSid } from '../http/sid-schema.ts';
import { validate } from '../http/validate.ts';
import type { BlobStore } from '../storage/blob-store.ts';
import type { Database } from '../storage/database.ts';
import { listMedia } from './list-media.ts';
import { listMessages, MESSAGE_INCLUDE, messageItem } from './list-messages.ts';
import { mediaListQuery, messageListQuery } from './list-query.ts';
import { MEDIA_INCLUDE, type MediaRow, mediaItem } from './media-item.ts';
import { sendBlob } from './send-blob.ts';
import { servedAs } from './served-as.ts';

const mediaPath = z.object({ sid: mediaSid });
const messagePath = z.object({ sid: messageSid });
const thumbnailQuery = z.strictObject({
  size: z.enum(['small', 'medium', 'large'], { error: 'small, medium or large' }).default('medium'),
});

export interface GalleryDeps {
  database: Database;
  blobs: BlobStore;
  requireRole: RequireRole;
}

/** `GET` under `/api/v1/media` and `/api/v1/messages`: list, look, fetch bytes and thumbnails. */
export function createGalleryRouter({ database, blobs, requireRole }: GalleryDeps): Router {
  const { prisma } = database;
  const router = Router();
  const viewer = requireRole('viewer');

  async function findMedia(params: unknown): Promise<MediaRow> {
    const { sid } = validate(mediaPath, params);
    const row = await prisma.media.findUnique({ where: { sid }, include: MEDIA_INCLUDE });
    if (row === null) throw new AppError('not_found', 'There is no media with this sid.');
    if (row.state === 'deleted') {
      throw new AppError('media_deleted', 'This media was deleted; nothing of it is left here.');
    }
    return row;
  }

  router.get('/api/v1/media', viewer, async (request, response) => {
    response.json(await listMedia(database, validate(mediaListQuery, request.query)));
  });

  router.get('/api/v1/media/:sid', viewer, async (request, response) => {
    response.json(mediaItem(await findMedia(request.params)));
  });

  router.get('/api/v1/media/:sid/content', viewer, async (request, response) => {
    const media = await findMedia(request.params);
    const { blob } = media;
    if (media.state !== 'stored' || blob === null) throw notStored(media);
    const { contentType, inline } = servedAs(media);
    if (inline) response.set('Content-Disposition', 'inline');
    else response.attachment(media.fileName ?? media.sid).set('Content-Type', contentType);
    await sendBlob(request, response, blobs, {
      key: blob.key,
      byteSize: Number(blob.byteSize),
      etag: blob.sha256,
      contentType,
      // A delete must reach every copy: browsers keep the bytes, but ask each time.
      cacheControl: 'private, no-cache',
    });
  });

  router.get('/api/v1/media/:sid/thumbnail', viewer, async (request, response) => {
    const { size } = validate(thumbnailQuery, request.query);
    const media = await findMedia(request.params);
    if (media.state !== 'stored' || media.blob === null) throw notStored(media);
    const preview = media.blob.previews.find((row) => row.size === size);
    if (preview === undefined) {
      throw new AppError('no_preview', media.blob.previewReason ?? 'There is no preview.');
    }
    await sendBlob(request, response, blobs, {
      key: preview.key,
      byteSize: preview.byteSize,
      etag: `${media.blob.sha256}-${size}`,
      contentType: preview.contentType,
      cacheControl: 'private, max-age=31536000, immutable',
    });
  });

  router.get('/api/v1/messages', viewer, async (request, response) => {
    response.json(await listMessages(database, validate(messageListQuery, request.query)));
  });

  router.get('/api/v1/messages/:sid', viewer, async (request, response) => {
    const { sid } = validate(messagePath, request.params);
    const row = await prisma.message.findUnique({ where: { sid }, include: MESSAGE_INCLUDE });
    if (row === null) throw new AppError('not_found', 'There is no message with this sid.');
    response.json(messageItem(row));
  });

  return router;
}

/** 404 with the reason; with `Retry-After` while it can still come. */
function notStored({ state, reason, nextAttemptAt }: MediaRow): AppError {
  if (state === 'failed') return new AppError('media_not_stored', `Not stored: ${reason}`);
  const wait = (nextAttemptAt?.getTime() ?? 0) - Date.now();
  const seconds = Math.max(1, Math.ceil(wait / 1000));
  return new AppError('media_not_stored', `Not stored yet: ${reason ?? 'it is being fetched'}`, {
    headers: { 'Retry-After': String(seconds) },
  });
}
