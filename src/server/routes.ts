import { type Request, Router } from 'express';
import { createAuditRouter } from '../audit/audit-router.ts';
import type { ApiKeys } from '../auth/api-keys.ts';
import { createRequireRole, type RequireRole } from '../auth/authentication.ts';
import { createMediaLinks } from '../auth/media-links.ts';
import type { Database } from '../database/database.ts';
import { NEWEST_FIRST } from '../database/message-order.ts';
import { sharedSecret } from '../database/shared-secret.ts';
import { createDeliveries } from '../events/deliveries/deliveries.ts';
import { createDeliveriesRouter } from '../events/deliveries/deliveries-router.ts';
import { createEndpoints } from '../events/endpoints/endpoints.ts';
import { createEndpointsRouter } from '../events/endpoints/endpoints-router.ts';
import { createEventStreams } from '../events/stream/event-stream-router.ts';
import type { BlobStore } from '../files/blob-store.ts';
import { createMediaRouter } from '../gallery/media-router.ts';
import { createMessagesRouter } from '../gallery/messages-router.ts';
import { createRevealRouter } from '../gallery/reveal-router.ts';
import { createCrossOrigin, createNoStore } from '../http/api-headers.ts';
import { createSendBlob } from '../http/send-blob.ts';
import { waitWhileBusy } from '../http/while-busy.ts';
import { createInboundRouter } from '../inbound/inbound-router.ts';
import { createReceiptClock } from '../inbound/receipt-clock.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import { createKeysRouter } from '../keys/keys-router.ts';
import { createKeyManagement } from '../keys/manage-keys.ts';
import { createImportMedia } from '../media/import-media.ts';
import { createImportRouter } from '../media/import-router.ts';
import { createRetryFailed, createRetryMedia } from '../media/retry-media.ts';
import { createRetryRouter } from '../media/retry-router.ts';
import { createReadUpload } from '../media/uploads.ts';
import { createBlockHashes, createBlockMedia } from '../moderation/blocklist/block-hashes.ts';
import { createRemoveEntry } from '../moderation/blocklist/blocklist-entries.ts';
import { createBlocklistRouter } from '../moderation/blocklist/blocklist-router.ts';
import { createImportHashList } from '../moderation/blocklist/import-hash-list.ts';
import {
  createInspectFile,
  createUploadBlocklist,
} from '../moderation/blocklist/upload-blocklist.ts';
import { createBulkActs } from '../moderation/bulk/bulk-acts.ts';
import { createBulkRouter } from '../moderation/bulk/bulk-router.ts';
import { createDecideMedia, createRevealMedia } from '../moderation/decide-media.ts';
import { createCountDeletion } from '../moderation/deletions/delete-media.ts';
import { createDeletionsRouter } from '../moderation/deletions/deletions-router.ts';
import { createRetryDeletion } from '../moderation/deletions/retry-deletion.ts';
import { createDecideMessage } from '../moderation/messages/decide-message.ts';
import { createMessageModerationRouter } from '../moderation/messages/message-moderation-router.ts';
import { createModerationRouter } from '../moderation/moderation-router.ts';
import { createRequestScan } from '../moderation/request-scan.ts';
import { createPinMedia } from '../moderation/retention/retention.ts';
import { createErasures } from '../moderation/senders/erasures.ts';
import { createErasuresRouter } from '../moderation/senders/erasures-router.ts';
import { createExportRouter } from '../moderation/senders/export-router.ts';
import { createExportSender } from '../moderation/senders/export-sender.ts';
import { createSenders } from '../moderation/senders/senders.ts';
import { createSendersRouter } from '../moderation/senders/senders-router.ts';
import type { PreviewPool } from '../preview/preview-pool.ts';
import { createPreviewRebuild } from '../preview/rebuild-previews.ts';
import { createRebuildRouter } from '../preview/rebuild-router.ts';
import { createReconciliationRouter } from '../reconciliation/reconciliation-router.ts';
import { createReconciliations } from '../reconciliation/reconciliations.ts';
import { createBasicAuth } from '../twilio-api/basic-auth.ts';
import { createTwilioApiRouter } from '../twilio-api/twilio-api-router.ts';
import type { AppDeps } from './app.ts';
import type { Receiver } from './receiver.ts';
import type { Services } from './services.ts';

/** The routes of a receiver, in the order they are asked, and what ends those that would not end. */
export async function createRoutes(
  services: Services,
  { spool, commitOrSpool }: Receiver,
  apiKeys: ApiKeys,
): Promise<{ routers: AppDeps['routers']; endStreams: () => void }> {
  const { config, keyring, database, blobs, writer, queue, metrics } = services;
  const { moderationDefaults, senderIds, pool, deleteMedia, deleteMessage } = services;
  const links = createMediaLinks(await sharedSecret(database, 'media-links'));
  const baseUrl = createBaseUrl(config.publicUrl);
  const newest = await database.prisma.message.findFirst({ orderBy: [...NEWEST_FIRST] });
  const requireRole = createRequireRole(apiKeys);
  const [mainAccount] = config.accountTokens;
  const sendBlob = createSendBlob(blobs);
  const { eventHosts } = config;
  const isScanning = config.scan !== undefined;
  const endpoints = createEndpoints(database, queue);
  const streams = createEventStreams({ database, apiKeys, requireRole, baseUrl });
  const routers = [
    createNoStore(),
    createCrossOrigin(config.apiOrigins),
    createInboundRouter({
      publicUrl: config.publicUrl,
      twilioApiBaseUrl: config.twilioApiBaseUrl,
      replyText: config.replyText,
      receiptClock: createReceiptClock(newest?.receivedAt),
      keyring,
      commitOrSpool,
      onAnswer: (outcome) => metrics.webhooks.inc({ outcome }),
    }),
    Router().use('/api/v1', waitWhileBusy(database.busy)),
    // Before the media, of which `retry` would be one.
    createRetryRouter(
      createRetryMedia(database, queue),
      createRetryFailed(database, queue),
      requireRole,
    ),
    createMediaRouter({ database, sendBlob, requireRole, links, baseUrl }),
    createMessagesRouter({ database, requireRole }),
    createRevealRouter({
      database,
      requireRole,
      links,
      baseUrl,
      revealMedia: createRevealMedia(database),
    }),
    createTwilioApiRouter({
      database,
      sendBlob,
      deleteMedia: (sid, actor) => deleteMedia({ sid, actor, reasonCode: null, reason: null }),
      authenticate: createBasicAuth(keyring, apiKeys),
      publicMediaUrls: config.publicMediaUrls,
    }),
    createImportRouter({
      importMedia: createImportMedia(
        database,
        { blobs, queue, writer },
        { accountSid: mainAccount.accountSid, moderationDefaults },
      ),
      blobs,
      maxBytes: config.mediaMaxBytes,
      requireRole,
    }),
    createRebuildRouter(createPreviewRebuild(database, queue), requireRole),
    createReconciliationRouter(
      createReconciliations(database, queue, keyring.accounts),
      requireRole,
    ),
    createBlocklistRoutes({ database, queue, blobs, pool, requireRole }),
    createModerationRouter({
      deleteMedia,
      requireRole,
      countDeletion: createCountDeletion(database),
      decideMedia: createDecideMedia(database),
      pinMedia: createPinMedia(database),
      requestScan: createRequestScan({ database, queue, isScanning }),
    }),
    createMessageModerationRouter({
      deleteMessage,
      requireRole,
      decideMessage: createDecideMessage(database),
    }),
    createDeletionsRouter({
      database,
      requireRole,
      retryDeletion: createRetryDeletion(database, queue),
    }),
    createBulkRouter(createBulkActs(database, queue), requireRole, isScanning),
    createExportRouter({
      database,
      senderIds,
      requireRole,
      exportSender: createExportSender(database, blobs),
    }),
    createErasuresRouter(createErasures({ database, queue, senderIds, spool }), requireRole),
    createSendersRouter(createSenders(database, senderIds), requireRole),
    createKeysRouter(createKeyManagement(database), requireRole),
    createAuditRouter(database, requireRole),
    createEndpointsRouter({ endpoints, eventHosts, requireRole }),
    createDeliveriesRouter(createDeliveries(database, queue), requireRole),
    streams.router,
  ];
  return { routers, endStreams: streams.end };
}

/** Of a list or picture that is uploaded: room for three million hashes. */
const MAX_BYTES = 256 * 1024 ** 2;

/** The routes of the blocklist, with the services of other folders that they need. */
function createBlocklistRoutes(deps: {
  database: Database;
  queue: JobQueue;
  blobs: BlobStore;
  pool: PreviewPool;
  requireRole: RequireRole;
}): AppDeps['routers'][number] {
  const { database, queue, blobs, requireRole } = deps;
  const blockHashes = createBlockHashes(database, queue);
  return createBlocklistRouter({
    database,
    requireRole,
    readUpload: createReadUpload(blobs, { field: 'file', most: 1, maxBytes: MAX_BYTES }),
    discard: blobs.discard,
    uploadBlocklist: createUploadBlocklist({
      inspectFile: createInspectFile(deps),
      blockHashes,
      importHashList: createImportHashList(database, queue),
    }),
    blockMedia: createBlockMedia(database, blockHashes),
    removeEntry: createRemoveEntry(database),
  });
}

/**
 * The address of this server as the caller reaches it.
 *
 * @param publicUrl of the configuration; without it, as the request came
 */
function createBaseUrl(publicUrl: string | undefined): (request: Request) => string {
  return (request) => publicUrl ?? `${request.protocol}://${request.host}`;
}
