import { createHash } from 'node:crypto';
import { callerOf } from '../auth/authentication.ts';
import type { MediaLinks } from '../auth/media-links.ts';
import type { Database } from '../database/database.ts';
import { AppError } from '../errors/app-error.ts';
import { baseUrlOf } from '../http/api-headers.ts';
import type { Reason } from '../http/fields.ts';
import { sendPage } from '../http/paging.ts';
import { type Route, route } from '../http/resource-router.ts';
import type { SendBlob } from '../http/send-blob.ts';
import { isCached } from '../http/send-range.ts';
import { accessOf, visibilityOf } from './access.ts';
import { LINK_SECONDS, galleryOperations as operations } from './gallery-operations.ts';
import { createItemLinks } from './item-links.ts';
import type { MediaItem } from './item-schemas.ts';
import { listMedia } from './list-media.ts';
import { listMessages, messageInclude, messageItem } from './list-messages.ts';
import { createBucketRoute } from './media-buckets.ts';
import { createFindMedia, mediaItem } from './media-items.ts';
import { createPageStartRoute } from './page-starts.ts';
import { requireVisible, sendMediaContent, sendThumbnail, storedBlob } from './send-media.ts';
import type { WithoutMetadata } from './without-metadata.ts';

/** Long enough to view, too short to share. */
const REVEAL_SECONDS = 300;

/** Routes that read attachments: list, item, bytes, thumbnails, and links to them. */
export function createGalleryRoutes(deps: {
  database: Database;
  sendBlob: SendBlob;
  withoutMetadata: WithoutMetadata;
  links: MediaLinks;
  /** Whether links show media without metadata, unless their maker wants otherwise. */
  linksStripMetadata: boolean;
  /** Records who reveals it, before anything is shown. */
  revealMedia: (sid: string, by: { actor: string } & Reason) => Promise<void>;
}): Route[] {
  const { database, sendBlob, withoutMetadata, links, revealMedia } = deps;
  const findMedia = createFindMedia(database);
  const linksTo = createItemLinks(links, deps.linksStripMetadata);

  const withLinks = (item: MediaItem, baseUrl: string): MediaItem =>
    item.state === 'stored' && item.moderation === 'visible'
      ? { ...item, links: linksTo(item, baseUrl, { expiresIn: LINK_SECONDS }) }
      : item;

  return [
    route(operations.listMedia, async ({ query, request, response }) => {
      const page = await listMedia(database, query, visibilityOf(response));
      const baseUrl = baseUrlOf(response);
      const items = query.links ? page.items.map((item) => withLinks(item, baseUrl)) : page.items;
      sendPage(request, response, { ...page, items });
    }),
    createBucketRoute(database),
    createPageStartRoute(database),
    route(operations.showMedia, async ({ params, query, request, response }) => {
      const visibility = visibilityOf(response);
      const item = mediaItem(await findMedia(params.sid, visibility), visibility);
      // Links differ in every answer.
      if (query.links) return void response.json(withLinks(item, baseUrlOf(response)));
      const etag = createHash('sha256').update(JSON.stringify(item)).digest('base64url');
      response.set('ETag', `"${etag}"`);
      if (isCached(request, etag)) response.status(304).end();
      else response.json(item);
    }),
    route(operations.createLinks, async ({ params, body, response }) => {
      const visibility = visibilityOf(response);
      const media = await findMedia(params.sid, visibility);
      storedBlob(media, false);
      requireVisible(media);
      const item = mediaItem(media, visibility);
      response.status(201).json(linksTo(item, baseUrlOf(response), body));
    }),
    /** Creates links that show an attachment even while it is held back, as it came: a moderator decides about that. */
    route(operations.revealMedia, async ({ params, body, request, response }) => {
      const media = await findMedia(params.sid, 'everything');
      storedBlob(media, false);
      await revealMedia(media.sid, { actor: callerOf(response).name, ...body });
      request.log.info({ mediaSid: media.sid }, 'media revealed');
      const item = mediaItem(media, 'everything');
      const options = { kind: 'reveal' } as const;
      const revealing = links.create(item, baseUrlOf(response), REVEAL_SECONDS, options);
      response.status(201).json(revealing);
    }),
    route(operations.readContent, async ({ params, query, request, response }) => {
      const { visibility, isRevealed, byLink } = accessOf(response);
      const media = await findMedia(params.sid, visibility);
      if (!isRevealed) requireVisible(media);
      await sendMediaContent(request, response, sendBlob, media, {
        isPublic: byLink,
        edit: query.metadata === 'strip' ? withoutMetadata(media, byLink) : null,
      });
    }),
    route(operations.readThumbnail, async ({ params, query, request, response }) => {
      const access = accessOf(response);
      const media = await findMedia(params.sid, access.visibility);
      await sendThumbnail(request, response, sendBlob, media, access, query.size);
    }),
    /** The image that a player shows before playback. */
    route(operations.readPoster, async ({ params, request, response }) => {
      const access = accessOf(response);
      const media = await findMedia(params.sid, access.visibility);
      await sendThumbnail(request, response, sendBlob, media, access, 'large');
    }),
  ];
}

/** Routes that read messages with their attachments. */
export function createMessageRoutes(database: Database): Route[] {
  return [
    route(operations.listMessages, async ({ query, request, response }) => {
      sendPage(request, response, await listMessages(database, query, visibilityOf(response)));
    }),
    route(operations.showMessage, async ({ params: { sid }, response }) => {
      const visibility = visibilityOf(response);
      const row = await database.prisma.message.findUnique({
        where: { sid },
        include: messageInclude(visibility),
      });
      if (row === null || (visibility === 'visible' && row.moderation !== 'visible')) {
        throw new AppError('not_found', 'There is no message with this sid.');
      }
      response.json(messageItem(row, visibility));
    }),
  ];
}
