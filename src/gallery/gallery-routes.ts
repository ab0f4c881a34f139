import { createHash } from 'node:crypto';
import { callerOf } from '../auth/authentication.ts';
import type { MediaLinks } from '../auth/media-links.ts';
import type { Database } from '../database/database.ts';
import { AppError } from '../errors/app-error.ts';
import { baseUrlOf } from '../http/api-headers.ts';
import { sendPage } from '../http/paging.ts';
import { type Route, route } from '../http/resource-router.ts';
import type { SendBlob } from '../http/send-blob.ts';
import { isCached } from '../http/send-range.ts';
import type { RevealMedia } from '../moderation/reveal-media.ts';
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

/** Routes that read attachments: list, item, bytes, thumbnails, and links to them. */
export function createGalleryRoutes(deps: {
  database: Database;
  sendBlob: SendBlob;
  withoutMetadata: WithoutMetadata;
  links: MediaLinks;
  /** Whether links show media without metadata, unless their maker wants otherwise. */
  linksStripMetadata: boolean;
  /** Records who reveals it, before anything is shown. */
  revealMedia: RevealMedia;
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
      const visibility = visibilityOf(response);
      const page = await database.lists.read((db) => listMedia(db, query, visibility));
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
      const { sid } = media;
      const { sha256 } = storedBlob(media, false);
      const by = { actor: callerOf(response).name, ...body };
      const { seconds, isNew } = await revealMedia({ sid, sha256 }, by);
      if (isNew) request.log.info({ mediaSid: sid }, 'media revealed');
      const item = mediaItem(media, 'everything');
      const options = { kind: 'reveal' } as const;
      const revealing = links.create(item, baseUrlOf(response), seconds, options);
      response.status(isNew ? 201 : 200).json(revealing);
    }),
    route(operations.readContent, async ({ params, query, request, response }) => {
      const { visibility, isRevealed, byLink } = accessOf(response);
      const media = await findMedia(params.sid, visibility);
      if (!isRevealed) requireVisible(media);
      await sendMediaContent(request, response, sendBlob, media, {
        isPublic: byLink,
        mayRedirect: !isRevealed,
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
      const visibility = visibilityOf(response);
      const page = await database.lists.read((db) => listMessages(db, query, visibility));
      sendPage(request, response, page);
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
