import { Router } from 'express';
import { createAuditRouter } from '../audit/audit-router.ts';
import { createRequireRole } from '../auth/authentication.ts';
import { createMediaLinks } from '../auth/media-links.ts';
import { createTickets, EVENT_TICKETS, SIGN_IN_TICKETS } from '../auth/tickets.ts';
import { createBeginBackup } from '../backup/backup.ts';
import { createBackupRouter } from '../backup/backup-router.ts';
import { NEWEST_FIRST } from '../database/message-order.ts';
import { sharedSecret } from '../database/shared-secret.ts';
import { createClaims } from '../desk/claims.ts';
import { createCountQueues } from '../desk/count-queues.ts';
import { createDeskRouter } from '../desk/desk-router.ts';
import { createReadFigures } from '../desk/figures.ts';
import { createDeliveries } from '../events/deliveries/deliveries.ts';
import { createResendRange } from '../events/deliveries/resend-range.ts';
import { createEndpoints } from '../events/endpoints/endpoints.ts';
import { createEndpointsRouter } from '../events/endpoints/endpoints-router.ts';
import { createEventStreams } from '../events/stream/event-stream-router.ts';
import { createOpenArchive } from '../exports/export-archive.ts';
import { createExports } from '../exports/exports.ts';
import { createExportsRouter } from '../exports/exports-router.ts';
import { createCaughtRoute } from '../gallery/caught-media.ts';
import { createBaseUrl, createCrossOrigin, createNoStore } from '../http/api-headers.ts';
import { createIdempotency } from '../http/idempotency.ts';
import { createResourceRouter } from '../http/resource-router.ts';
import { createSendBlob } from '../http/send-blob.ts';
import { waitWhileBusy } from '../http/while-busy.ts';
import { createInboundRouter } from '../inbound/inbound-router.ts';
import { createReceiptClock } from '../inbound/receipt-clock.ts';
import { createRefusedWebhooksRouter } from '../inbound/refusals/refused-webhooks-router.ts';
import { createKeysRouter } from '../keys/keys-router.ts';
import { createKeyManagement } from '../keys/manage-keys.ts';
import { type Capabilities, createWhoamiRoute } from '../keys/whoami.ts';
import { createActs } from '../moderation/acts/acts.ts';
import { createActsRouter } from '../moderation/acts/acts-router.ts';
import { createBulkActs } from '../moderation/bulk/bulk-acts.ts';
import { createBulkRouter } from '../moderation/bulk/bulk-router.ts';
import { createBeginUndo } from '../moderation/bulk/bulk-undos.ts';
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
import { createReadFlow } from '../operating/flow.ts';
import { createReadHealth, type HealthDeps } from '../operating/health.ts';
import { createHeldSnapshots } from '../operating/hold-snapshot.ts';
import { createOperatingRouter } from '../operating/operating-router.ts';
import { createPageRouter } from '../page/page-router.ts';
import { createPreviewRebuild } from '../preview/rebuild-previews.ts';
import { createRebuildRouter } from '../preview/rebuild-router.ts';
import { createReconciliationRouter } from '../reconciliation/reconciliation-router.ts';
import { createReconciliations } from '../reconciliation/reconciliations.ts';
import { createReferenceRouter } from '../reference/reference-router.ts';
import { createSessionsRouter } from '../sessions/sessions-router.ts';
import { createBasicAuth } from '../twilio-api/basic-auth.ts';
import { createTwilioApiRouter } from '../twilio-api/twilio-api-router.ts';
import { createVerificationRouter } from '../verification/verification-router.ts';
import { createVerifications } from '../verification/verifications.ts';
import type { AppDeps } from './app.ts';
import { createBlocklistRoutes } from './blocklist-routes.ts';
import { createGuard } from './guard.ts';
import { createMediaRouter } from './media-router.ts';
import { createMessagesRouter } from './messages-router.ts';
import type { Receiver } from './receiver.ts';
import type { Services } from './services.ts';
import type { SignInParts } from './sign-in.ts';

/** The routes of a receiver, in the order they are asked, and what ends those that would not end. */
export async function createRoutes(
  services: Services,
  { spool, commitOrSpool, noteRefusal }: Receiver,
  signIn: SignInParts,
  state: Pick<HealthDeps, 'readReadiness' | 'reportPreviews'>,
): Promise<{ routers: AppDeps['routers']; endStreams: () => void }> {
  const { config, keyring, database, blobs, queue, metrics, senderIds, deleteMedia, log } =
    services;
  const links = createMediaLinks(await sharedSecret(database, 'media-links'));
  const newest = await database.prisma.message.findFirst({ orderBy: [...NEWEST_FIRST] });
  const requireRole = createRequireRole(signIn.authenticate);
  const sendBlob = createSendBlob(blobs, { redirects: config.blobRedirect });
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
  const snapshots = createHeldSnapshots(database);
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
      onAnswer(outcome, seconds, messageSid) {
        metrics.webhooks.inc({ outcome });
        metrics.webhookSeconds.observe({ outcome }, seconds);
        if (messageSid !== undefined) services.tracing.webhook({ messageSid, outcome, seconds });
      },
      onRefusal: noteRefusal,
    }),
    Router().use('/api/v1', createBaseUrl(config.publicUrl), waitWhileBusy(database.busy)),
    createMediaRouter(guard, services, {
      sendBlob,
      links,
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
    createReconciliationRouter(
      guard,
      createReconciliations(database, queue, keyring.accounts),
      config.reconcileIntervalMinutes,
    ),
    createVerificationRouter(guard, createVerifications(database, queue)),
    createBlocklistRoutes(guard, services, requireOneReviewer),
    createDeletionsRouter(guard, { database, retryDeletion: createRetryDeletion(database, queue) }),
    createResourceRouter(guard, [
      createCaughtRoute(database),
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
      beginUndo: createBeginUndo(database, queue, ownNumbers),
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
    createBackupRouter(guard, {
      database,
      beginBackup: createBeginBackup({ database, blobs, dataDir: config.dataDir, log }),
    }),
    createSendersRouter(guard, {
      database,
      senders: createSenders(database, senderIds),
      senderIds,
      exportSender: createExportSender(database, blobs, senderIds),
      erasures: createErasures({ database, queue, senderIds, spool }),
      requireOneReviewer,
    }),
    createKeysRouter(guard, createKeyManagement(database)),
    createSessionsRouter(guard, {
      ...signIn,
      database,
      tickets: createTickets(database, signIn, SIGN_IN_TICKETS),
      publicUrl: config.publicUrl,
    }),
    createAuditRouter(guard, database),
    createRefusedWebhooksRouter(guard, database),
    createOperatingRouter(guard, {
      readHealth: createReadHealth({ config, database, ...state }),
      readFlow: createReadFlow(database),
      snapshots,
    }),
    createEndpointsRouter(guard, {
      endpoints: createEndpoints(database, queue),
      deliveries: createDeliveries(database, queue),
      resendRange: createResendRange(database, queue),
      eventHosts,
    }),
    createResourceRouter(guard, [...streams.routes, createWhoamiRoute(capabilitiesOf(config))]),
  ];
  return {
    routers,
    endStreams() {
      streams.end();
      snapshots.end();
    },
  };
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
