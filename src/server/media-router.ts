import type { Router } from 'express';
import type { MediaLinks } from '../auth/media-links.ts';
import { createGalleryRoutes } from '../gallery/gallery-routes.ts';
import type { Idempotency } from '../http/idempotency.ts';
import { createResourceRouter, type Guard } from '../http/resource-router.ts';
import type { SendBlob } from '../http/send-blob.ts';
import { createImportMedia } from '../media/import-media.ts';
import { createMediaRoutes } from '../media/media-routes.ts';
import { createRetryFailed, createRetryMedia } from '../media/retry-media.ts';
import { type BlockHashes, createBlockMedia } from '../moderation/blocklist/block-hashes.ts';
import { createBlockRoute } from '../moderation/blocklist/blocklist-router.ts';
import { createDecideMedia, createRevealMedia } from '../moderation/decide-media.ts';
import { createCountDeletion } from '../moderation/deletions/delete-media.ts';
import { createMediaModerationRoutes } from '../moderation/moderation-routes.ts';
import { createRequestScan } from '../moderation/request-scan.ts';
import { createPinMedia } from '../moderation/retention/retention.ts';
import type { Services } from './services.ts';

/** `/api/v1/media`: every path of attachments, with the routes of the folders that own them. */
export function createMediaRouter(
  guard: Guard,
  { config, database, blobs, writer, queue, moderationDefaults, deleteMedia }: Services,
  deps: {
    sendBlob: SendBlob;
    links: MediaLinks;
    blockHashes: BlockHashes;
    idempotency: Idempotency;
  },
): Router {
  const { accountSid } = config.accountTokens[0];
  return createResourceRouter(guard, [
    ...createMediaRoutes({
      importMedia: createImportMedia(
        database,
        { blobs, queue, writer },
        { accountSid, moderationDefaults },
      ),
      retryMedia: createRetryMedia(database, queue),
      retryFailed: createRetryFailed(database, queue),
      idempotency: deps.idempotency,
      blobs,
      maxBytes: config.mediaMaxBytes,
    }),
    ...createGalleryRoutes({
      database,
      sendBlob: deps.sendBlob,
      links: deps.links,
      revealMedia: createRevealMedia(database),
    }),
    ...createMediaModerationRoutes({
      deleteMedia,
      countDeletion: createCountDeletion(database),
      decideMedia: createDecideMedia(database),
      pinMedia: createPinMedia(database),
      requestScan: createRequestScan({ database, queue, isScanning: config.scan !== undefined }),
    }),
    createBlockRoute(createBlockMedia(database, deps.blockHashes)),
  ]);
}
