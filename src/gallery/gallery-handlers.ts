import type { Request, RequestHandler } from 'express';
import { z } from 'zod';
import { callerOf } from '../auth/authentication.ts';
import type { MediaLinks } from '../auth/media-links.ts';
import type { Database } from '../database/database.ts';
import { AppError } from '../errors/app-error.ts';
import { PreviewSize } from '../generated/prisma/client.ts';
import { type Reason, reasonFields } from '../http/fields.ts';
import type { SendBlob } from '../http/send-blob.ts';
import { jsonBody, noQuery, validate } from '../http/validate.ts';
import { messageSid } from '../twilio/address-fields.ts';
import { accessOf, visibilityOf } from './access.ts';
import { listMessages, messageInclude, messageItem } from './list-messages.ts';
import { mediaListQuery, mediaQuery, messageListQuery } from './list-query.ts';
import {
  createFindMedia,
  listMedia,
  type MediaItem,
  type MediaRow,
  mediaItem,
} from './media-items.ts';
import { sendMediaContent, sendThumbnail, storedBlob } from './send-media.ts';

/** The parameters of a signed link, which is verified before. */
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

/** Long enough to view, too short to share. */
const REVEAL_SECONDS = 300;
const revealBody = z.strictObject(reasonFields);

/** Handlers that read attachments: list, item, bytes, thumbnails, and links to them. */
export function createMediaHandlers(deps: {
  database: Database;
  sendBlob: SendBlob;
  links: MediaLinks;
  /** Base URL of links. */
  baseUrl: (request: Request) => string;
  /** Records who reveals it, before anything is shown. */
  revealMedia: (sid: string, by: { actor: string } & Reason) => Promise<void>;
}) {
  const { database, sendBlob, links, baseUrl, revealMedia } = deps;
  const findMedia = createFindMedia(database);

  const withLinks = (request: Request) => (item: MediaItem) =>
    item.state === 'stored' && item.moderation === 'visible'
      ? { ...item, links: links.create(item, baseUrl(request), LINK_SECONDS) }
      : item;

  const list: RequestHandler = async (request, response) => {
    const query = validate(mediaListQuery, request.query);
    const page = await listMedia(database, query, visibilityOf(response));
    const items = query.links === 'true' ? page.items.map(withLinks(request)) : page.items;
    response.json({ ...page, items });
  };

  const show: RequestHandler = async (request, response) => {
    const query = validate(mediaQuery, request.query);
    const visibility = visibilityOf(response);
    const item = mediaItem(await findMedia(request.params, visibility), visibility);
    response.json(query.links === 'true' ? withLinks(request)(item) : item);
  };

  const createLinks: RequestHandler = async (request, response) => {
    const visibility = visibilityOf(response);
    const media = await findMedia(request.params, visibility);
    const { expiresIn } = validate(newLinks, request.body ?? {});
    storedBlob(media, false);
    requireVisible(media);
    response
      .status(201)
      .json(links.create(mediaItem(media, visibility), baseUrl(request), expiresIn));
  };

  /** Creates links that show an attachment even while it is held back, for five minutes. */
  const reveal: RequestHandler = async (request, response) => {
    const reason = validate(revealBody, request.body ?? {});
    const media = await findMedia(request.params, 'everything');
    storedBlob(media, false);
    await revealMedia(media.sid, { actor: callerOf(response).name, ...reason });
    request.log.info({ mediaSid: media.sid }, 'media revealed');
    const item = mediaItem(media, 'everything');
    response.status(201).json(links.create(item, baseUrl(request), REVEAL_SECONDS, 'reveal'));
  };

  const content: RequestHandler = async (request, response) => {
    validate(contentQuery, request.query);
    const { visibility, isRevealed, byLink } = accessOf(response);
    const media = await findMedia(request.params, visibility);
    if (!isRevealed) requireVisible(media);
    await sendMediaContent(request, response, sendBlob, media, byLink);
  };

  const thumbnail: RequestHandler = async (request, response) => {
    const { size } = validate(thumbnailQuery, request.query);
    const access = accessOf(response);
    const media = await findMedia(request.params, access.visibility);
    await sendThumbnail(request, response, sendBlob, media, access, size);
  };

  /** The image that a player shows before playback. */
  const poster: RequestHandler = async (request, response) => {
    validate(contentQuery, request.query);
    const access = accessOf(response);
    const media = await findMedia(request.params, access.visibility);
    await sendThumbnail(request, response, sendBlob, media, access, 'large');
  };

  return {
    list,
    show,
    createLinks: [noQuery, jsonBody, createLinks],
    reveal: [noQuery, jsonBody, reveal],
    content,
    thumbnail,
    poster,
  };
}

function requireVisible({ sid, moderation }: MediaRow): void {
  if (moderation === 'visible') return;
  const hint = `POST /api/v1/media/${sid}/reveal returns links that show it.`;
  throw new AppError('reveal_needed', `It is ${moderation}. ${hint}`);
}

const messagePath = z.object({ sid: messageSid });

/** Handlers that read messages with their attachments. */
export function createMessageHandlers(database: Database) {
  const list: RequestHandler = async (request, response) => {
    const query = validate(messageListQuery, request.query);
    response.json(await listMessages(database, query, visibilityOf(response)));
  };

  const show: RequestHandler = async (request, response) => {
    const { sid } = validate(messagePath, request.params);
    const visibility = visibilityOf(response);
    const row = await database.prisma.message.findUnique({
      where: { sid },
      include: messageInclude(visibility),
    });
    if (row === null || (visibility === 'visible' && row.moderation !== 'visible')) {
      throw new AppError('not_found', 'There is no message with this sid.');
    }
    response.json(messageItem(row, visibility));
  };

  return { list, show: [noQuery, show] };
}
