import { type Request, Router } from 'express';
import { z } from 'zod';
import type { RequireRole } from '../auth/authentication.ts';
import type { MediaLinks } from '../auth/media-links.ts';
import type { Database } from '../database/database.ts';
import { AppError } from '../errors/app-error.ts';
import { PreviewSize } from '../generated/prisma/client.ts';
import { methodNotAllowed, passOn } from '../http/problem.ts';
import type { SendBlob } from '../http/send-blob.ts';
import { jsonBody, noQuery, validate } from '../http/validate.ts';
import { accessOf, viewerOrLink, visibilityOf } from './access.ts';
import { createFindMedia, listMedia } from './list-media.ts';
import { mediaListQuery, mediaQuery } from './list-query.ts';
import { type MediaItem, type MediaRow, mediaItem } from './media-item.ts';
import { sendMediaContent, storedBlob } from './send-media.ts';
import { sendThumbnail } from './send-thumbnail.ts';

/** Of a link, which is checked before. */
const contentQuery = z.strictObject({
  expires: z.string().optional(),
  signature: z.string().optional(),
  reveal: z.literal('true').optional(),
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

interface GalleryDeps {
  database: Database;
  sendBlob: SendBlob;
  requireRole: RequireRole;
  links: MediaLinks;
  /** What links begin with. */
  baseUrl: (request: Request) => string;
}

/** `GET` under `/api/v1/media`: list, look, fetch bytes and thumbnails; and links to them. */
export function createMediaRouter(deps: GalleryDeps): Router {
  const { database, sendBlob, requireRole, links, baseUrl } = deps;
  const router = Router();
  const viewer = requireRole('viewer');
  const reader = viewerOrLink(links, requireRole);
  const findMedia = createFindMedia(database);

  const withLinks = (request: Request) => (item: MediaItem) =>
    item.state === 'stored' && item.moderation === 'visible'
      ? { ...item, links: links.create(item, baseUrl(request), LINK_SECONDS) }
      : item;

  // Imports and decisions have routers of their own.
  router
    .route('/api/v1/media')
    .get(viewer, async (request, response) => {
      const query = validate(mediaListQuery, request.query);
      const page = await listMedia(database, query, visibilityOf(response));
      const items = query.links === 'true' ? page.items.map(withLinks(request)) : page.items;
      response.json({ ...page, items });
    })
    .all(passOn);

  router
    .route('/api/v1/media/:sid')
    .get(viewer, async (request, response) => {
      const query = validate(mediaQuery, request.query);
      const visibility = visibilityOf(response);
      const item = mediaItem(await findMedia(request.params, visibility), visibility);
      response.json(query.links === 'true' ? withLinks(request)(item) : item);
    })
    .all(passOn);

  router.post('/api/v1/media/:sid/links', viewer, noQuery, jsonBody, async (request, response) => {
    const visibility = visibilityOf(response);
    const media = await findMedia(request.params, visibility);
    const { expiresIn } = validate(newLinks, request.body ?? {});
    storedBlob(media, false);
    mustNotBeHeldBack(media);
    response
      .status(201)
      .json(links.create(mediaItem(media, visibility), baseUrl(request), expiresIn));
  });

  router.get('/api/v1/media/:sid/content', reader, async (request, response) => {
    validate(contentQuery, request.query);
    const { visibility, isRevealed, byLink } = accessOf(response);
    const media = await findMedia(request.params, visibility);
    if (!isRevealed) mustNotBeHeldBack(media);
    await sendMediaContent(request, response, sendBlob, media, byLink);
  });

  router.get('/api/v1/media/:sid/thumbnail', reader, async (request, response) => {
    const { size } = validate(thumbnailQuery, request.query);
    const access = accessOf(response);
    const media = await findMedia(request.params, access.visibility);
    await sendThumbnail(request, response, sendBlob, media, access, size);
  });

  // What a player shows before it plays.
  router.get('/api/v1/media/:sid/poster', reader, async (request, response) => {
    validate(contentQuery, request.query);
    const access = accessOf(response);
    const media = await findMedia(request.params, access.visibility);
    await sendThumbnail(request, response, sendBlob, media, access, 'large');
  });

  router.all('/api/v1/media/:sid/links', methodNotAllowed('POST'));
  router.all('/api/v1/media/:sid/content', methodNotAllowed('GET'));
  router.all('/api/v1/media/:sid/poster', methodNotAllowed('GET'));
  router.all('/api/v1/media/:sid/thumbnail', methodNotAllowed('GET'));
  return router;
}

function mustNotBeHeldBack({ sid, moderation }: MediaRow): void {
  if (moderation === 'visible') return;
  const how = `POST /api/v1/media/${sid}/reveal answers links that show it.`;
  throw new AppError('reveal_needed', `It is ${moderation}. ${how}`);
}
