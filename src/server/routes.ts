import { type Request, Router } from 'express';
import { createAuditRouter } from '../audit/audit-router.ts';
import type { ApiKeys } from '../auth/api-keys.ts';
import { createRequireRole, type RequireRole } from '../auth/authentication.ts';
import { createMediaLinks } from '../auth/media-links.ts';
import { NEWEST_FIRST } from '../database/message-order.ts';
import { sharedSecret } from '../database/shared-secret.ts';
import { createDeliveries } from '../events/deliveries/deliveries.ts';
import { createEndpoints } from '../events/endpoints/endpoints.ts';
import { createEndpointsRouter } from '../events/endpoints/endpoints-router.ts';
import { createEventStreams } from '../events/stream/event-stream-router.ts';
import { createCrossOrigin, createNoStore } from '../http/api-headers.ts';
import { createSendBlob } from '../http/send-blob.ts';
import { waitWhileBusy } from '../http/while-busy.ts';
import { createInboundRouter } from '../inbound/inbound-router.ts';
import { createReceiptClock } from '../inbound/receipt-clock.ts';
import { createKeysRouter } from '../keys/keys-router.ts';
import { createKeyManagement } from '../keys/manage-keys.ts';
import { createReadUpload } from '../media/uploads.ts';
import { type BlockHashes, createBlockHashes } from '../moderation/blocklist/block-hashes.ts';
import { createRemoveEntry } from '../moderation/blocklist/blocklist-entries.ts';
import { createBlocklistRouter } from '../moderation/blocklist/blocklist-router.ts';
import { createImportHashList } from '../moderation/blocklist/import-hash-list.ts';
import {
  createInspectFile,
  createUploadBlocklist,
} from '../moderation/blocklist/upload-blocklist.ts';
import { createBulkActs } from '../moderation/bulk/bulk-acts.ts';
import { createBulkRouter } from '../moderation/bulk/bulk-router.ts';
import { createDeletionsRouter } from '../moderation/deletions/deletions-router.ts';
import { createRetryDeletion } from '../moderation/deletions/retry-deletion.ts';
import { createErasures } from '../moderation/senders/erasures.ts';
import { createExportSender } from '../moderation/senders/export-sender.ts';
import { createSenders } from '../moderation/senders/senders.ts';
import { createSendersRouter } from '../moderation/senders/senders-router.ts';
import { createPreviewRebuild } from '../preview/rebuild-previews.ts';
import { createRebuildRouter } from '../preview/rebuild-router.ts';
import { createReconciliationRouter } from '../reconciliation/reconciliation-router.ts';
import { createReconciliations } from '../reconciliation/reconciliations.ts';
import { createBasicAuth } from '../twilio-api/basic-auth.ts';
import { createTwilioApiRouter } from '../twilio-api/twilio-api-router.ts';
import type { AppDeps } from './app.ts';
import { createMediaRouter } from './media-router.ts';
import { createMessagesRouter } from './messages-router.ts';
import type { Receiver } from './receiver.ts';
import type { Services } from './services.ts';

/** The routes of a receiver, in the order they are asked, and what ends those that would not end. */
export async function createRoutes(
  services: Services,
  { spool, commitOrSpool }: Receiver,
  apiKeys: ApiKeys,
): Promise<{ routers: AppDeps['routers']; endStreams: () => void }> {
  const { config, keyring, database, blobs, queue, metrics, senderIds, deleteMedia } = services;
  const links = createMediaLinks(await sharedSecret(database, 'media-links'));
  const baseUrl = createBaseUrl(config.publicUrl);
  const newest = await database.prisma.message.findFirst({ orderBy: [...NEWEST_FIRST] });
  const requireRole = createRequireRole(apiKeys);
  const sendBlob = createSendBlob(blobs);
  const blockHashes = createBlockHashes(database, queue);
  const { eventHosts } = config;
  const isScanning = config.scan !== undefined;
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
    createMediaRouter(services, { sendBlob, links, baseUrl, blockHashes, requireRole }),
    createMessagesRouter(services, requireRole),
    createTwilioApiRouter({
      database,
      sendBlob,
      deleteMedia: (sid, actor) => deleteMedia({ sid, actor, reasonCode: null, reason: null }),
      authenticate: createBasicAuth(keyring, apiKeys),
      publicMediaUrls: config.publicMediaUrls,
    }),
    createRebuildRouter(createPreviewRebuild(database, queue), requireRole),
    createReconciliationRouter(
      createReconciliations(database, queue, keyring.accounts),
      requireRole,
    ),
    createBlocklistRoutes(services, blockHashes, requireRole),
    createDeletionsRouter({
      database,
      requireRole,
      retryDeletion: createRetryDeletion(database, queue),
    }),
    createBulkRouter(createBulkActs(database, queue), requireRole, isScanning),
    createSendersRouter({
      database,
      senders: createSenders(database, senderIds),
      senderIds,
      exportSender: createExportSender(database, blobs),
      erasures: createErasures({ database, queue, senderIds, spool }),
      requireRole,
    }),
    createKeysRouter(createKeyManagement(database), requireRole),
    createAuditRouter(database, requireRole),
    createEndpointsRouter({
      endpoints: createEndpoints(database, queue),
      deliveries: createDeliveries(database, queue),
      eventHosts,
      requireRole,
    }),
    streams.router,
  ];
  return { routers, endStreams: streams.end };
}

/** Of a list or picture that is uploaded: room for three million hashes. */
const MAX_BYTES = 256 * 1024 ** 2;

/** The routes of the blocklist, with the services of other folders that they need. */
function createBlocklistRoutes(
  { database, queue, blobs, pool }: Services,
  blockHashes: BlockHashes,
  requireRole: RequireRole,
): Router {
  return createBlocklistRouter({
    database,
    requireRole,
    readUpload: createReadUpload(blobs, { field: 'file', most: 1, maxBytes: MAX_BYTES }),
    discard: blobs.discard,
    uploadBlocklist: createUploadBlocklist({
      inspectFile: createInspectFile({ blobs, pool }),
      blockHashes,
      importHashList: createImportHashList(database, queue),
    }),
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
