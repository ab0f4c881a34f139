import type { Router } from 'express';
import type { MediaLinks } from '../auth/media-links.ts';
import { createStoryRoute } from '../desk/story-routes.ts';
import { createGalleryRoutes } from '../gallery/gallery-routes.ts';
import { createRenditionRoutes } from '../gallery/rendition-routes.ts';
import {
  createAnswerSimilar,
  createSimilarRoute,
  createSimilarToMediaRoute,
} from '../gallery/similar-routes.ts';
import { createWithoutMetadata } from '../gallery/without-metadata.ts';
import type { Idempotency } from '../http/idempotency.ts';
import { createResourceRouter, type Guard } from '../http/resource-router.ts';
import type { SendBlob } from '../http/send-blob.ts';
import { createImportMedia } from '../media/import-media.ts';
import { createMediaRoutes } from '../media/media-routes.ts';
import { createRetryFailed, createRetryMedia } from '../media/retry-media.ts';
import { createReadUpload } from '../media/uploads.ts';
import { createStripPlans } from '../metadata/strip-plans.ts';
import { createBlockMedia } from '../moderation/blocklist/block-media.ts';
import { createBlockRoute } from '../moderation/blocklist/blocklist-router.ts';
import { createInspectFile } from '../moderation/blocklist/upload-blocklist.ts';
import { createDecideMedia } from '../moderation/decide-media.ts';
import { createCountDeletion } from '../moderation/deletions/delete-media.ts';
import { createMediaModerationRoutes } from '../moderation/moderation-routes.ts';
import type { OwnNumbers } from '../moderation/own-numbers.ts';
import type { RequireListedCode } from '../moderation/reason-codes/reason-codes.ts';
import type { Reports } from '../moderation/reports/reports.ts';
import { createMediaReportRoutes } from '../moderation/reports/reports-routes.ts';
import { createRequestScan } from '../moderation/request-scan.ts';
import { createPinMedia } from '../moderation/retention/retention.ts';
import { createRevealMedia } from '../moderation/reveal-media.ts';
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
    senderIds,
    deleteMedia,
    countStrikes,
  }: Services,
  deps: {
    sendBlob: SendBlob;
    links: MediaLinks;
    idempotency: Idempotency;
    reports: Reports;
    requireListedCode: RequireListedCode;
    ownNumbers: OwnNumbers;
  },
): Router {
  const { accountSid } = config.accountTokens[0];
  const countDeletion = createCountDeletion(database);
  const reviewAct = createReviewAct(database, countDeletion);
  const answerSimilar = createAnswerSimilar(database);
  const withoutMetadata = createWithoutMetadata(createStripPlans());
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
      withoutMetadata,
      links: deps.links,
      linksStripMetadata: config.linksStripMetadata,
      revealMedia: createRevealMedia(database),
    }),
    createSimilarToMediaRoute(database, answerSimilar),
    createSimilarRoute({
      answer: answerSimilar,
      readUpload: createReadUpload(blobs, {
        field: 'file',
        most: 1,
        maxBytes: config.mediaMaxBytes,
        atOnce: 4,
      }),
      discard: blobs.discard,
      inspectFile: createInspectFile({ blobs, pool }),
    }),
    ...createRenditionRoutes({
      database,
      sendBlob: deps.sendBlob,
      withoutMetadata,
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
    createStoryRoute(database, senderIds),
    ...createTranscriptRoutes(
      createRequestTranscript({
        database,
        queue,
        isTranscribing: config.transcribe !== undefined,
      }),
    ),
    createBlockRoute(createBlockMedia(database, { queue, reviewAct })),
  ]);
}
