import { Router } from 'express';
import { createAuditRouter } from '../audit/audit-router.ts';
import { createRequireRole } from '../auth/authentication.ts';
import { createMediaLinks } from '../auth/media-links.ts';
import { createTickets, EVENT_TICKETS, SIGN_IN_TICKETS } from '../auth/tickets.ts';
import { NEWEST_FIRST } from '../database/message-order.ts';
import { sharedSecret } from '../database/shared-secret.ts';
import { createClaims } from '../desk/claims.ts';
import { createCountQueues } from '../desk/count-queues.ts';
import { createDeskRouter } from '../desk/desk-router.ts';
import { createReadFigures } from '../desk/figures.ts';
import { createDeliveries } from '../events/deliveries/deliveries.ts';
import { createEndpoints } from '../events/endpoints/endpoints.ts';
import { createEndpointsRouter } from '../events/endpoints/endpoints-router.ts';
import { createEventStreams } from '../events/stream/event-stream-router.ts';
import { createOpenArchive } from '../exports/export-archive.ts';
import { createExports } from '../exports/exports.ts';
import { createExportsRouter } from '../exports/exports-router.ts';
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
import { createActs } from '../moderation/acts/acts.ts';
import { createActsRouter } from '../moderation/acts/acts-router.ts';
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
import { createCountDeletion } from '../moderation/deletions/delete-media.ts';
import { createDeletionsRouter } from '../moderation/deletions/deletions-router.ts';
import { createRetryDeletion } from '../moderation/deletions/retry-deletion.ts';
import { createNotes } from '../moderation/notes/notes.ts';
import { createNoteRoutes } from '../moderation/notes/notes-routes.ts';
import { createOwnNumbers } from '../moderation/own-numbers.ts';
import {
  createReasonCodes,
  createRequireListedCode,
} from '../moderation/reason-codes/reason-codes.ts';
import { createReasonCodeRoutes } from '../moderation/reason-codes/reason-codes-routes.ts';
import { createReports } from '../moderation/reports/reports.ts';
import { createReportRoutes } from '../moderation/reports/reports-routes.ts';
import { createRequireOneReviewer } from '../moderation/reviews/proposals.ts';
import { createErasures } from '../moderation/senders/erasures.ts';
import { createExportSender } from '../moderation/senders/export-sender.ts';
import { createSenders } from '../moderation/senders/senders.ts';
import { createSendersRouter } from '../moderation/senders/senders-router.ts';
import { createPageRouter } from '../page/page-router.ts';
import { createPreviewRebuild } from '../preview/rebuild-previews.ts';
import { createRebuildRouter } from '../preview/rebuild-router.ts';
import { createReconciliationRouter } from '../reconciliation/reconciliation-router.ts';
import { createReconciliations } from '../reconciliation/reconciliations.ts';
import { createReferenceRouter } from '../reference/reference-router.ts';
import { createSessionsRouter } from '../sessions/sessions-router.ts';
import { createBasicAuth } from '../twilio-api/basic-auth.ts';
import { createTwilioApiRouter } from '../twilio-api/twilio-api-router.ts';
import type { AppDeps } from './app.ts';
import { createGuard } from './guard.ts';
import { createMediaRouter } from './media-router.ts';
import { createMessagesRouter } from './messages-router.ts';
import type { Receiver } from './receiver.ts';
import type { Services } from './services.ts';
import type { SignInParts } from './sign-in.ts';

/** The routes of a receiver, in the order they are asked, and what ends those that would not end. */
export async function createRoutes(
  services: Services,
  { spool, commitOrSpool }: Receiver,
  signIn: SignInParts,
): Promise<{ routers: AppDeps['routers']; endStreams: () => void }> {
  const { config, keyring, database, blobs, queue, metrics, senderIds, deleteMedia, log } =
    services;
  const links = createMediaLinks(await sharedSecret(database, 'media-links'));
  const newest = await database.prisma.message.findFirst({ orderBy: [...NEWEST_FIRST] });
  const requireRole = createRequireRole(signIn.authenticate);
  const sendBlob = createSendBlob(blobs);
  const blockHashes = createBlockHashes(database, queue);
  const idempotency = createIdempotency(database);
  const reports = createReports(database);
  const requireListedCode = createRequireListedCode(database);
  const ownNumbers = createOwnNumbers(database);
  const requireOneReviewer = createRequireOneReviewer(database);
  const countQueues = createCountQueues(database);
  const { eventHosts } = config;
  const streams = createEventStreams({
    database,
    tickets: createTickets(database, signIn, EVENT_TICKETS),
    requireRole,
  });
  const guard = createGuard({ requireRole, links, ticketGuard: streams.ticketGuard });
  const routers = [
    createNoStore(),
    createCrossOrigin(config.apiOrigins),
    ...(config.docs ? [createReferenceRouter()] : []),
    ...(config.gallery ? [await createPageRouter(log)] : []),
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
    createMediaRouter(guard, services, {
      sendBlob,
      links,
      blockHashes,
      idempotency,
      reports,
      requireListedCode,
      ownNumbers,
    }),
    createMessagesRouter(guard, services, { requireListedCode, requireOneReviewer, ownNumbers }),
    createTwilioApiRouter({
      database,
      sendBlob,
      deleteMedia: (sid, actor) => deleteMedia({ sid, actor, reasonCode: null, reason: null }),
      authenticate: createBasicAuth(keyring, signIn.apiKeys),
      publicMediaUrls: config.publicMediaUrls,
    }),
    createRebuildRouter(guard, createPreviewRebuild(database, queue)),
    createReconciliationRouter(guard, createReconciliations(database, queue, keyring.accounts)),
    createBlocklistRoutes(guard, services, blockHashes),
    createDeletionsRouter(guard, { database, retryDeletion: createRetryDeletion(database, queue) }),
    createResourceRouter(guard, [
      ...createReportRoutes(reports),
      ...createReasonCodeRoutes(createReasonCodes(database)),
      ...createNoteRoutes(createNotes(database, senderIds)),
    ]),
    createDeskRouter(guard, {
      database,
      claims: createClaims(database, config.claimSeconds),
      countQueues,
      readFigures: createReadFigures(database, countQueues),
    }),
    createBulkRouter(guard, {
      acts: createBulkActs(database, queue),
      idempotency,
      isScanning: config.scan !== undefined,
      requireListedCode,
      requireOneReviewer,
      ownNumbers,
    }),
    createActsRouter(guard, {
      acts: createActs({ database, queue, countDeletion: createCountDeletion(database) }),
      idempotency,
      requireListedCode,
      ownNumbers,
    }),
    createExportsRouter(guard, {
      exports: createExports(database, queue),
      openArchive: createOpenArchive(services),
      idempotency,
    }),
    createSendersRouter(guard, {
      database,
      senders: createSenders(database, senderIds),
      senderIds,
      exportSender: createExportSender(database, blobs, senderIds),
      erasures: createErasures({ database, queue, senderIds, spool }),
    }),
    createKeysRouter(guard, createKeyManagement(database)),
    createSessionsRouter(guard, {
      ...signIn,
      database,
      tickets: createTickets(database, signIn, SIGN_IN_TICKETS),
      publicUrl: config.publicUrl,
    }),
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
  const { mediaMaxBytes, scan, transcribe, moderationMode, deleteUpstream, publicMediaUrls } =
    config;
  return {
    mediaMaxBytes,
    scan: scan !== undefined,
    transcribe: transcribe !== undefined,
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
