import type { Router } from 'express';
import type { MediaLinks } from '../auth/media-links.ts';
import { createStoryRoute } from '../desk/story-routes.ts';
import { createGalleryRoutes } from '../gallery/gallery-routes.ts';
import { createRenditionRoutes } from '../gallery/rendition-routes.ts';
import { createSimilarRoute } from '../gallery/similar-routes.ts';
import type { Idempotency } from '../http/idempotency.ts';
import { createResourceRouter, type Guard } from '../http/resource-router.ts';
import type { SendBlob } from '../http/send-blob.ts';
import { createImportMedia } from '../media/import-media.ts';
import { createMediaRoutes } from '../media/media-routes.ts';
import { createRetryFailed, createRetryMedia } from '../media/retry-media.ts';
import { createReadUpload } from '../media/uploads.ts';
import { type BlockHashes, createBlockMedia } from '../moderation/blocklist/block-hashes.ts';
import { createBlockRoute } from '../moderation/blocklist/blocklist-router.ts';
import { createInspectFile } from '../moderation/blocklist/upload-blocklist.ts';
import { createDecideMedia, createRevealMedia } from '../moderation/decide-media.ts';
import { createCountDeletion } from '../moderation/deletions/delete-media.ts';
import { createMediaModerationRoutes } from '../moderation/moderation-routes.ts';
import type { OwnNumbers } from '../moderation/own-numbers.ts';
import type { RequireListedCode } from '../moderation/reason-codes/reason-codes.ts';
import type { Reports } from '../moderation/reports/reports.ts';
import { createMediaReportRoutes } from '../moderation/reports/reports-routes.ts';
import { createRequestScan } from '../moderation/request-scan.ts';
import { createPinMedia } from '../moderation/retention/retention.ts';
import { createReviewAct } from '../moderation/reviews/proposals.ts';
import { createRenditions } from '../preview/renditions/request-rendition.ts';
import { createRequestTranscript } from '../transcripts/request-transcripts.ts';
import { createTranscriptRoutes } from '../transcripts/transcript-routes.ts';
import type { Services } from './services.ts';

/** `/api/v1/media`: every path of attachments, with the routes of the folders that own them. */
export function createMediaRouter(
  guard: Guard,
  {
    config,
    database,
    blobs,
    writer,
    queue,
    pool,
    moderationDefaults,
    deleteMedia,
    countStrikes,
  }: Services,
  deps: {
    sendBlob: SendBlob;
    links: MediaLinks;
    blockHashes: BlockHashes;
    idempotency: Idempotency;
    reports: Reports;
    requireListedCode: RequireListedCode;
    ownNumbers: OwnNumbers;
  },
): Router {
  const { accountSid } = config.accountTokens[0];
  const countDeletion = createCountDeletion(database);
  const reviewAct = createReviewAct(database, countDeletion);
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
      linksStripMetadata: config.linksStripMetadata,
      revealMedia: createRevealMedia(database),
    }),
    createSimilarRoute({
      database,
      readUpload: createReadUpload(blobs, {
        field: 'file',
        most: 1,
        maxBytes: config.mediaMaxBytes,
      }),
      discard: blobs.discard,
      inspectFile: createInspectFile({ blobs, pool }),
    }),
    ...createRenditionRoutes({
      database,
      sendBlob: deps.sendBlob,
      renditions: createRenditions(database, queue, blobs),
    }),
    ...createMediaModerationRoutes({
      deleteMedia,
      countDeletion,
      reviewAct,
      decideMedia: createDecideMedia(database, countStrikes),
      pinMedia: createPinMedia(database),
      requireListedCode: deps.requireListedCode,
      ownNumbers: deps.ownNumbers,
      requestScan: createRequestScan({ database, queue, isScanning: config.scan !== undefined }),
    }),
    ...createMediaReportRoutes(deps.reports),
    createStoryRoute(database),
    ...createTranscriptRoutes(
      createRequestTranscript({
        database,
        queue,
        isTranscribing: config.transcribe !== undefined,
      }),
    ),
    createBlockRoute(createBlockMedia(database, { blockHashes: deps.blockHashes, reviewAct })),
  ]);
}
