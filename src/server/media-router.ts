import type { Request, Router } from 'express';
import type { RequireRole } from '../auth/authentication.ts';
import type { MediaLinks } from '../auth/media-links.ts';
import { viewerOrLink } from '../gallery/access.ts';
import { createMediaHandlers } from '../gallery/gallery-handlers.ts';
import { createResourceRouter } from '../http/resource-router.ts';
import type { SendBlob } from '../http/send-blob.ts';
import { createImportMedia } from '../media/import-media.ts';
import { createImportHandlers, createRetryHandlers } from '../media/media-handlers.ts';
import { createRetryFailed, createRetryMedia } from '../media/retry-media.ts';
import { type BlockHashes, createBlockMedia } from '../moderation/blocklist/block-hashes.ts';
import { createBlockHandlers } from '../moderation/blocklist/blocklist-router.ts';
import { createDecideMedia, createRevealMedia } from '../moderation/decide-media.ts';
import { createCountDeletion } from '../moderation/deletions/delete-media.ts';
import { createMediaModeration } from '../moderation/moderation-handlers.ts';
import { createRequestScan } from '../moderation/request-scan.ts';
import { createPinMedia } from '../moderation/retention/retention.ts';
import type { Services } from './services.ts';

/** `/api/v1/media`: every path of attachments, with the role that each method needs. */
export function createMediaRouter(
  { config, database, blobs, writer, queue, moderationDefaults, deleteMedia }: Services,
  deps: {
    sendBlob: SendBlob;
    links: MediaLinks;
    /** What links begin with. */
    baseUrl: (request: Request) => string;
    blockHashes: BlockHashes;
    requireRole: RequireRole;
  },
): Router {
  const { sendBlob, links, baseUrl, requireRole } = deps;
  const { accountSid } = config.accountTokens[0];
  const media = createMediaHandlers({
    database,
    sendBlob,
    links,
    baseUrl,
    revealMedia: createRevealMedia(database),
  });
  const importFiles = createImportHandlers({
    importMedia: createImportMedia(
      database,
      { blobs, queue, writer },
      { accountSid, moderationDefaults },
    ),
    blobs,
    maxBytes: config.mediaMaxBytes,
  });
  const { retryOne, retryAll } = createRetryHandlers(
    createRetryMedia(database, queue),
    createRetryFailed(database, queue),
  );
  const moderation = createMediaModeration({
    deleteMedia,
    countDeletion: createCountDeletion(database),
    decideMedia: createDecideMedia(database),
    pinMedia: createPinMedia(database),
    requestScan: createRequestScan({ database, queue, isScanning: config.scan !== undefined }),
  });
  const block = createBlockHandlers(createBlockMedia(database, deps.blockHashes));
  const viewer = requireRole('viewer');
  const moderator = requireRole('moderator');
  const reader = viewerOrLink(links, requireRole);

  return createResourceRouter({
    '/api/v1/media': {
      get: [viewer, media.list],
      post: [moderator, importFiles],
    },
    '/api/v1/media/retry': { post: [moderator, retryAll] },
    '/api/v1/media/:sid': {
      get: [viewer, media.show],
      delete: [moderator, moderation.remove],
    },
    '/api/v1/media/:sid/content': { get: [reader, media.content] },
    '/api/v1/media/:sid/thumbnail': { get: [reader, media.thumbnail] },
    '/api/v1/media/:sid/poster': { get: [reader, media.poster] },
    '/api/v1/media/:sid/links': { post: [viewer, media.createLinks] },
    '/api/v1/media/:sid/reveal': { post: [moderator, media.reveal] },
    '/api/v1/media/:sid/retry': { post: [moderator, retryOne] },
    '/api/v1/media/:sid/decision': { post: [moderator, moderation.decide] },
    '/api/v1/media/:sid/scan': { post: [moderator, moderation.scan] },
    '/api/v1/media/:sid/block': { post: [moderator, block] },
    '/api/v1/media/:sid/pin': {
      put: [moderator, moderation.pin],
      delete: [moderator, moderation.unpin],
    },
  });
}
