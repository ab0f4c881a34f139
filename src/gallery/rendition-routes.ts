import { basename } from 'node:path';
import type { Request, Response } from 'express';
import type { Database } from '../database/database.ts';
import { AppError } from '../errors/app-error.ts';
import type { Blob, Rendition } from '../generated/prisma/client.ts';
import { accepted } from '../http/accepted.ts';
import { type Route, route } from '../http/resource-router.ts';
import type { SendBlob } from '../http/send-blob.ts';
import { MAX_PAGES, pagesOf, renditionOf } from '../preview/renditions/rendition-types.ts';
import type { Renditions } from '../preview/renditions/request-rendition.ts';
import { accessOf } from './access.ts';
import { createFindMedia, type MediaRow } from './media-items.ts';
import { renditionOperations as operations } from './rendition-operations.ts';
import { requireVisible, sendMediaContent, storedBlob } from './send-media.ts';
import type { WithoutMetadata } from './without-metadata.ts';

/** The route that reads renditions, and has them made. */
export function createRenditionRoutes(deps: {
  database: Database;
  sendBlob: SendBlob;
  withoutMetadata: WithoutMetadata;
  renditions: Renditions;
}): Route[] {
  const { database, sendBlob, withoutMetadata, renditions } = deps;
  const findMedia = createFindMedia(database);
  return [
    route(operations.readRendition, async ({ params, query, request, response }) => {
      const { visibility, isRevealed, byLink } = accessOf(response);
      const media = await findMedia(params.sid, visibility);
      if (!isRevealed) requireVisible(media);
      const blob = storedBlob(media, byLink);
      const { as: name, page, metadata } = query;
      requirePossible(blob, name, page);
      const id = { blobSha256: blob.sha256, name, page };
      // A link reaches people without a key: of held media they cannot have more than one file made.
      const isFree = !byLink || page === 1 || media.moderation === 'visible';
      const mayRequest = request.method !== 'HEAD' && isFree;
      const rendition = await (mayRequest ? renditions.request(id) : renditions.find(id));
      if (rendition === null && !mayRequest) {
        throw new AppError('no_rendition', 'It was not requested yet.');
      }
      if (rendition === null) {
        throw new AppError('media_deleted', 'This media was deleted; nothing of it is left here.');
      }
      const { state, reason, requestedAt, startedAt } = rendition;
      if (state === 'failed') {
        throw new AppError('no_rendition', byLink ? 'It could not be made.' : `${reason}.`);
      }
      if (state === 'pending') {
        const told = { state: startedAt === null ? 'waiting' : 'running' } as const;
        const late = byLink ? null : reason;
        accepted(response).json({ as: name, page, ...told, reason: late, requestedAt, startedAt });
      } else if (state === 'original') {
        await sendMediaContent(request, response, sendBlob, media, {
          isPublic: byLink,
          mayRedirect: false,
          edit: metadata === 'strip' ? withoutMetadata(media, byLink) : null,
        });
      } else {
        await sendRendition(request, response, sendBlob, media, rendition, byLink);
      }
    }),
  ];
}

function requirePossible(blob: Blob, name: string, page: number): void {
  const possible = renditionOf(blob);
  if (possible !== name) {
    const instead = possible === null ? 'It has none.' : `It has one as ${possible}.`;
    throw new AppError(
      'no_rendition',
      `Files of this type have no rendition as ${name}. ${instead}`,
    );
  }
  const pages = pagesOf(blob);
  if (page > pages)
    throw new AppError('no_rendition', `It has ${pages} page${pages > 1 ? 's' : ''}.`);
  if (page > MAX_PAGES)
    throw new AppError('no_rendition', `Only the first ${MAX_PAGES} pages have renditions.`);
}

const EXTENSIONS: Readonly<Record<string, string>> = {
  'text/vcard': 'vcf',
  'text/calendar': 'ics',
};

async function sendRendition(
  request: Request,
  response: Response,
  sendBlob: SendBlob,
  { sid }: MediaRow,
  { key, contentType, byteSize }: Rendition,
  byLink: boolean,
): Promise<void> {
  if (key === null || contentType === null || byteSize === null) {
    throw new Error('A ready rendition has no file');
  }
  const extension = EXTENSIONS[contentType];
  if (extension === undefined) response.set('Content-Disposition', 'inline');
  else response.attachment(`${sid}.${extension}`);
  const isText = contentType.startsWith('text/');
  await sendBlob(request, response, {
    key,
    byteSize,
    // A rendition that is made again gets a new key.
    etag: basename(key),
    contentType: isText ? `${contentType}; charset=utf-8` : contentType,
    cacheControl: 'private, no-cache',
    embeddable: byLink && !isText,
  });
}
