import { Router } from 'express';
import { createAuditRouter } from '../audit/audit-router.ts';
import type { ApiKeys } from '../auth/api-keys.ts';
import { createRequireRole } from '../auth/authentication.ts';
import { createMediaLinks } from '../auth/media-links.ts';
import { NEWEST_FIRST } from '../database/message-order.ts';
import { sharedSecret } from '../database/shared-secret.ts';
import { createDeliveries } from '../events/deliveries/deliveries.ts';
import { createEndpoints } from '../events/endpoints/endpoints.ts';
import { createEndpointsRouter } from '../events/endpoints/endpoints-router.ts';
import { createEventStreams } from '../events/stream/event-stream-router.ts';
import { createBaseUrl, createCrossOrigin, createNoStore } from '../http/api-headers.ts';
import { createIdempotency } from '../http/idempotency.ts';
import { createResourceRouter, type Guard } from '../http/resource-router.ts';
import { createSendBlob } from '../http/send-blob.ts';
import { waitWhileBusy } from '../http/while-busy.ts';
import { createInboundRouter } from '../inbound/inbound-router.ts';
import { createReceiptClock } from '../inbound/receipt-clock.ts';
import { createKeysRouter } from '../keys/keys-router.ts';
import { createKeyManagement } from '../keys/manage-keys.ts';
import { type Capabilities, createWhoamiRoute } from '../keys/whoami.ts';
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
import { createReferenceRouter } from '../reference/reference-router.ts';
import { createBasicAuth } from '../twilio-api/basic-auth.ts';
import { createTwilioApiRouter } from '../twilio-api/twilio-api-router.ts';
import type { AppDeps } from './app.ts';
import { createGuard } from './guard.ts';
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
  const newest = await database.prisma.message.findFirst({ orderBy: [...NEWEST_FIRST] });
  const requireRole = createRequireRole(apiKeys);
  const sendBlob = createSendBlob(blobs);
  const blockHashes = createBlockHashes(database, queue);
  const idempotency = createIdempotency(database);
  const { eventHosts } = config;
  const streams = createEventStreams({ database, apiKeys, requireRole });
  const guard = createGuard({ requireRole, links, ticketGuard: streams.ticketGuard });
  const routers = [
    createNoStore(),
    createCrossOrigin(config.apiOrigins),
    ...(config.docs ? [createReferenceRouter()] : []),
    createInboundRouter({
      publicUrl: config.publicUrl,
      twilioApiBaseUrl: config.twilioApiBaseUrl,
      replyText: config.replyText,
      receiptClock: createReceiptClock(newest?.receivedAt),
      keyring,
      commitOrSpool,
      onAnswer: (outcome) => metrics.webhooks.inc({ outcome }),
    }),
    Router().use('/api/v1', createBaseUrl(config.publicUrl), waitWhileBusy(database.busy)),
    createMediaRouter(guard, services, { sendBlob, links, blockHashes, idempotency }),
    createMessagesRouter(guard, services),
    createTwilioApiRouter({
      database,
      sendBlob,
      deleteMedia: (sid, actor) => deleteMedia({ sid, actor, reasonCode: null, reason: null }),
      authenticate: createBasicAuth(keyring, apiKeys),
      publicMediaUrls: config.publicMediaUrls,
    }),
    createRebuildRouter(guard, createPreviewRebuild(database, queue)),
    createReconciliationRouter(guard, createReconciliations(database, queue, keyring.accounts)),
    createBlocklistRoutes(guard, services, blockHashes),
    createDeletionsRouter(guard, { database, retryDeletion: createRetryDeletion(database, queue) }),
    createBulkRouter(guard, {
      acts: createBulkActs(database, queue),
      idempotency,
      isScanning: config.scan !== undefined,
    }),
    createSendersRouter(guard, {
      database,
      senders: createSenders(database, senderIds),
      senderIds,
      exportSender: createExportSender(database, blobs),
      erasures: createErasures({ database, queue, senderIds, spool }),
    }),
    createKeysRouter(guard, createKeyManagement(database)),
    createAuditRouter(guard, database),
    createEndpointsRouter(guard, {
      endpoints: createEndpoints(database, queue),
      deliveries: createDeliveries(database, queue),
      eventHosts,
    }),
    createResourceRouter(guard, [...streams.routes, createWhoamiRoute(capabilitiesOf(config))]),
  ];
  return { routers, endStreams: streams.end };
}

function capabilitiesOf(config: Services['config']): Capabilities {
  const { mediaMaxBytes, scan, moderationMode, deleteUpstream, publicMediaUrls } = config;
  return {
    mediaMaxBytes,
    scan: scan !== undefined,
    moderation: moderationMode,
    deleteUpstream,
    publicMediaUrls,
  };
}

/** Of a list or picture that is uploaded: room for three million hashes. */
const MAX_BYTES = 256 * 1024 ** 2;

/** The routes of the blocklist, with the services of other folders that they need. */
function createBlocklistRoutes(
  guard: Guard,
  { database, queue, blobs, pool }: Services,
  blockHashes: BlockHashes,
): Router {
  return createBlocklistRouter(guard, {
    database,
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
