import { basename } from 'node:path';
import { type Request, type RequestHandler, type Response, Router } from 'express';
import { z } from 'zod';
import { AppError } from '../errors.ts';
import { PreviewSize } from '../generated/prisma/client.ts';
import type { RequireRole } from '../http/authentication.ts';
import { jsonBody } from '../http/json-body.ts';
import { noQuery } from '../http/no-query.ts';
import { methodNotAllowed } from '../http/problem.ts';
import type { SendBlob } from '../http/send-blob.ts';
import { sendMediaContent, storedBlob } from '../http/send-media.ts';
import { mediaSid, messageSid } from '../http/sid-schema.ts';
import { validate } from '../http/validate.ts';
import type { Database } from '../storage/database.ts';
import { listMedia } from './list-media.ts';
import { listMessages, MESSAGE_INCLUDE, messageItem } from './list-messages.ts';
import { mediaListQuery, mediaQuery, messageListQuery } from './list-query.ts';
import { MEDIA_INCLUDE, type MediaItem, type MediaRow, mediaItem } from './media-item.ts';
import type { MediaLinks } from './media-links.ts';

const mediaPath = z.object({ sid: mediaSid });
const messagePath = z.object({ sid: messageSid });
/** Of a link, which is checked before. */
const contentQuery = z.strictObject({
  expires: z.string().optional(),
  signature: z.string().optional(),
});
const thumbnailQuery = contentQuery.extend({
  size: z.enum(PreviewSize, { error: 'small, medium, large or animated' }).default('medium'),
});
const LINK_SECONDS = 3600;
const expiresIn = 'a whole number of seconds from 60 to 604800';
const newLinks = z.strictObject({
  expiresIn: z
    .number(expiresIn)
    .int(expiresIn)
    .min(60, expiresIn)
    .max(604_800, expiresIn)
    .default(LINK_SECONDS),
});

export interface GalleryDeps {
  database: Database;
  sendBlob: SendBlob;
  requireRole: RequireRole;
  links: MediaLinks;
  publicUrl: string | undefined;
}

/** `GET` under `/api/v1/media` and `/api/v1/messages`: list, look, fetch bytes and thumbnails. */
export function createGalleryRouter(deps: GalleryDeps): Router {
  const { database, sendBlob, requireRole, links } = deps;
  const { prisma } = database;
  const router = Router();
  const viewer = requireRole('viewer');
  // Leaves `response.locals.byLink`: whether a link let the request in, which may see less.
  const viewerOrLink: RequestHandler = (request, response, next) => {
    response.locals.byLink = links.check(request);
    return response.locals.byLink ? next() : viewer(request, response, next);
  };
  const baseUrl = (request: Request) => deps.publicUrl ?? `${request.protocol}://${request.host}`;

  /** @param byLink whether by a link, which shows only what is visible */
  async function findMedia(params: unknown, byLink = false): Promise<MediaRow> {
    const { sid } = validate(mediaPath, params);
    const row = await prisma.media.findUnique({ where: { sid }, include: MEDIA_INCLUDE });
    if (row === null || (byLink && row.moderation !== 'visible')) {
      throw new AppError('not_found', 'There is no media with this sid.');
    }
    if (row.state === 'deleted') {
      throw new AppError('media_deleted', 'This media was deleted; nothing of it is left here.');
    }
    return row;
  }

  const withLinks = (request: Request) => (item: MediaItem) =>
    item.state === 'stored'
      ? { ...item, links: links.create(item, baseUrl(request), LINK_SECONDS) }
      : item;

  router.get('/api/v1/media', viewer, async (request, response) => {
    const query = validate(mediaListQuery, request.query);
    const page = await listMedia(database, query);
    const items = query.links === 'true' ? page.items.map(withLinks(request)) : page.items;
    response.json({ ...page, items });
  });

  router.get('/api/v1/media/:sid', viewer, async (request, response) => {
    const query = validate(mediaQuery, request.query);
    const item = mediaItem(await findMedia(request.params));
    response.json(query.links === 'true' ? withLinks(request)(item) : item);
  });

  router.post('/api/v1/media/:sid/links', viewer, noQuery, jsonBody, async (request, response) => {
    const media = await findMedia(request.params);
    const { expiresIn } = validate(newLinks, request.body ?? {});
    storedBlob(media, false);
    response.status(201).json(links.create(mediaItem(media), baseUrl(request), expiresIn));
  });

  router.get('/api/v1/media/:sid/content', viewerOrLink, async (request, response) => {
    validate(contentQuery, request.query);
    const { byLink } = response.locals;
    const media = await findMedia(request.params, byLink);
    await sendMediaContent(request, response, sendBlob, media, byLink);
  });

  async function sendPreview(request: Request, response: Response, size: PreviewSize) {
    const { byLink } = response.locals;
    const blob = storedBlob(await findMedia(request.params, byLink), byLink);
    const preview = blob.previews.find((row) => row.size === size);
    if (preview === undefined) {
      const why = size === 'animated' ? 'It is no animation, or too large a one.' : undefined;
      const reason = byLink ? undefined : blob.previewReason;
      throw new AppError('no_preview', why ?? reason ?? 'There is no preview.');
    }
    await sendBlob(request, response, {
      key: preview.key,
      byteSize: preview.byteSize,
      // Every preview that is made has a key of its own.
      etag: basename(preview.key),
      contentType: preview.contentType,
      // A link was given out: after a delete it must show nothing, not even from a cache. And what
      // stands in for a better preview may give way to it. All others may be made again, too, but
      // then a day is soon enough.
      cacheControl:
        byLink || blob.previewReason !== null
          ? 'private, no-cache'
          : 'private, max-age=86400, immutable',
      embeddable: byLink,
    });
  }

  router.get('/api/v1/media/:sid/thumbnail', viewerOrLink, async (request, response) => {
    await sendPreview(request, response, validate(thumbnailQuery, request.query).size);
  });

  // What a player shows before it plays.
  router.get('/api/v1/media/:sid/poster', viewerOrLink, async (request, response) => {
    validate(contentQuery, request.query);
    await sendPreview(request, response, 'large');
  });

  router.get('/api/v1/messages', viewer, async (request, response) => {
    response.json(await listMessages(database, validate(messageListQuery, request.query)));
  });

  router.get('/api/v1/messages/:sid', viewer, noQuery, async (request, response) => {
    const { sid } = validate(messagePath, request.params);
    const row = await prisma.message.findUnique({ where: { sid }, include: MESSAGE_INCLUDE });
    if (row === null) throw new AppError('not_found', 'There is no message with this sid.');
    response.json(messageItem(row));
  });

  router.all('/api/v1/media/:sid/links', methodNotAllowed('POST'));
  router.all('/api/v1/media/:sid/content', methodNotAllowed('GET'));
  router.all('/api/v1/media/:sid/poster', methodNotAllowed('GET'));
  router.all('/api/v1/media/:sid/thumbnail', methodNotAllowed('GET'));
  router.all('/api/v1/messages{/:sid}', methodNotAllowed('GET'));
  return router;
}
