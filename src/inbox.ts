import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Request, Router } from 'express';
import type { Logger } from 'pino';
import { createApp } from './app.ts';
import { createAuditRouter } from './audit/audit-router.ts';
import { createBlocklist } from './blocklist.ts';
import type { Config } from './config.ts';
import { createDeliveries } from './events/deliveries/deliveries.ts';
import { createDeliveriesRouter } from './events/deliveries/deliveries-router.ts';
import { createEndpoints } from './events/endpoints/endpoints.ts';
import { endpointsHealth } from './events/endpoints/endpoints-health.ts';
import { createEndpointsRouter } from './events/endpoints/endpoints-router.ts';
import { startPublishing } from './events/start-publishing.ts';
import { createEventStreams } from './events/stream/event-stream-router.ts';
import { createMediaLinks } from './gallery/media-links.ts';
import { createMediaRouter } from './gallery/media-router.ts';
import { createMessagesRouter } from './gallery/messages-router.ts';
import { createRevealRouter } from './gallery/reveal-router.ts';
import type { Moderation } from './generated/prisma/client.ts';
import { createApiKeys } from './http/api-keys.ts';
import { createRequireRole } from './http/authentication.ts';
import { createHealthRouter, mustWork } from './http/health-router.ts';
import { createKeysRouter } from './http/keys-router.ts';
import { createMetrics, createMetricsRouter } from './http/metrics.ts';
import { createRequestLog } from './http/request-log.ts';
import { createSendBlob } from './http/send-blob.ts';
import { stopServer } from './http/stop-server.ts';
import { createInboundRouter } from './inbound/inbound-router.ts';
import { createGroupWriter, isFaultOfData, isFaultOfServer } from './inbound/message-store.ts';
import { createReceiptClock } from './inbound/receipt-clock.ts';
import { createReceiveMessage } from './inbound/receive-message.ts';
import { openMessageSpool } from './inbound/spool/message-spool.ts';
import { spoolHealth } from './inbound/spool/spool-health.ts';
import { createSpoolingReceiver } from './inbound/spool/spooling-receiver.ts';
import { createPgBossQueue } from './jobs/pg-boss-queue.ts';
import { blobHealth } from './media/blob-health.ts';
import { createImportMedia } from './media/import-media.ts';
import { createImportRouter } from './media/import-router.ts';
import { createPreviewPool } from './media/preview/preview-pool.ts';
import { createPreviewRebuild } from './media/rebuild-previews.ts';
import { createRebuildRouter } from './media/rebuild-router.ts';
import { createRetryFailed, createRetryMedia } from './media/retry-media.ts';
import { createRetryRouter } from './media/retry-router.ts';
import { createBulkActs } from './moderation/bulk/bulk-acts.ts';
import { createBulkRouter } from './moderation/bulk/bulk-router.ts';
import { createDecideMedia } from './moderation/decide-media.ts';
import { createDeleteMedia } from './moderation/deletions/delete-media.ts';
import { createDeletionsRouter } from './moderation/deletions/deletions-router.ts';
import { createRetryDeletion } from './moderation/deletions/retry-deletion.ts';
import { createModerationRouter } from './moderation/moderation-router.ts';
import { createPinMedia } from './moderation/retention/pin-media.ts';
import { createRevealMedia } from './moderation/reveal-media.ts';
import { createErasures } from './moderation/senders/erasures.ts';
import { createErasuresRouter } from './moderation/senders/erasures-router.ts';
import { createExportRouter } from './moderation/senders/export-router.ts';
import { createExportSender } from './moderation/senders/export-sender.ts';
import { createBeginningsOf } from './moderation/senders/new-media-policy.ts';
import { createSenderIdOf, type SenderIdOf } from './moderation/senders/sender-id.ts';
import { createSenders } from './moderation/senders/senders.ts';
import { createSendersRouter } from './moderation/senders/senders-router.ts';
import { createReconciliationRouter } from './reconciliation/reconciliation-router.ts';
import { createReconciliations } from './reconciliation/reconciliations.ts';
import { createDiskBlobStore } from './storage/disk-blob-store.ts';
import { registerFileWriter } from './storage/file-writer.ts';
import { NEWEST_FIRST } from './storage/message-order.ts';
import { openDatabase } from './storage/open-database.ts';
import { sharedSecret } from './storage/shared-secret.ts';
import { openKeyring } from './twilio/open-keyring.ts';
import { createBasicAuth } from './twilio-api/basic-auth.ts';
import { createTwilioApiRouter } from './twilio-api/twilio-api-router.ts';
import { startWorker } from './worker.ts';

export interface Inbox {
  /** Where it listens, with the port that was given. */
  url: string;
  /** Reads `TWILIO_AUTH_TOKENS_FILE` again, if there is one. Never rejects: problems are logged. */
  reloadTokens(): Promise<void>;
  /** Takes nothing new, finishes or hands back what is under way, closes everything. */
  stop(): Promise<void>;
}

// Who takes longer for the head of a request is not worth a socket; bodies have deadlines of their own.
const SLOW_CLIENTS = { headersTimeout: 10_000, connectionsCheckingInterval: 2000 };

/**
 * The composition root: builds the parts that the configured roles need, connects them and listens.
 *
 * @throws AppError `data_folder_in_use`, or what the database or the port has to say
 */
export async function startInbox(config: Readonly<Config>, log: Logger): Promise<Inbox> {
  // Undone in the opposite order, also when the start fails half way.
  const undo: (() => Promise<void>)[] = [];
  const stop = async () => {
    const failures: unknown[] = [];
    while (undo.length > 0)
      await undo
        .pop()?.()
        .catch((error) => failures.push(error));
    if (failures.length > 0) throw new AggregateError(failures, 'Some parts did not stop cleanly');
  };
  try {
    const keyring = openKeyring(config, log);
    undo.push(async () => keyring.close());
    const database = await openDatabase(config, log);
    undo.push(() => database.close());
    const writer = await registerFileWriter(database, log);
    undo.push(() => writer.close());
    const blobs = await createDiskBlobStore(config.blobFolder, writer.id);
    const queue = createPgBossQueue(database, log);
    await queue.start();
    undo.push(() => queue.stop());
    const senderIdOf = createSenderIdOf(await sharedSecret(database, 'senders'));
    const metrics = createMetrics();
    const receiveMessage = createReceiveMessage(
      createGroupWriter(database, queue, createBeginningsOf(senderIdOf, moderationOfNew(config))),
      database.kind === 'server' ? 2 : 1,
    );
    const pool = createPreviewPool({
      concurrency: config.previewConcurrency,
      toolPath: config.toolPath,
      onCrash: (end) => log.warn(end, 'a preview process came down'),
    });
    undo.push(async () => pool.close());
    const deleteMedia = createDeleteMedia({
      ...{ database, queue, blobs },
      deleteUpstream: config.deleteUpstream !== 'never',
    });
    const parts = {
      ...{ config, keyring, database, blobs, writer, queue, metrics, receiveMessage, log },
      ...{ senderIdOf, pool, deleteMedia },
    };
    const receiver = config.roles.includes('receiver') ? await openReceiver(parts) : undefined;
    undo.push(async () => receiver?.spooling.stop());
    const isWorker = config.roles.includes('worker');
    const worker = isWorker ? await startWorker(parts) : undefined;
    const stopWorker = async () => worker?.stop();
    undo.push(stopWorker);

    const health = {
      blobs: blobHealth(blobs),
      events: endpointsHealth(database),
      ...(worker === undefined ? {} : { upstream: worker.upstream, deletions: worker.deletions }),
      ...(worker?.scan === undefined ? {} : { scan: worker.scan }),
      ...(receiver === undefined
        ? { database: mustWork(database.ping) }
        : spoolHealth(database.ping, receiver.spool)),
    };
    const routes = receiver && (await createRouters(parts, receiver));
    const app = createApp({
      requestLog: createRequestLog(log),
      trustProxy: config.trustProxy,
      routers: [
        createHealthRouter(health, worker?.capabilities),
        createMetricsRouter(metrics),
        ...(routes?.routers ?? []),
      ],
    });
    const server = createServer(SLOW_CLIENTS, app);
    // Longer than the idle timeout of common load balancers, so that they never reuse a connection
    // that is being closed here.
    server.keepAliveTimeout = 65_000;
    const url = await listen(server, config);
    // At the same time: jobs are handed back while the last requests are answered.
    undo.pop();
    undo.push(async () => {
      routes?.endStreams();
      await Promise.all([stopServer(server), stopWorker()]);
    });
    undo.push(startPublishing({ database, queue, log }));
    return { url, reloadTokens: keyring.reload, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What a media is when it comes in. */
function moderationOfNew({ moderationMode }: Config): Moderation {
  return moderationMode === 'hold' ? 'held' : 'visible';
}

type Parts = Parameters<typeof startWorker>[0] & { senderIdOf: SenderIdOf };

/** What receives messages, and goes on while the database is down. */
async function openReceiver({ config, database, metrics, receiveMessage, log }: Parts) {
  const spool = await openMessageSpool(join(config.dataDir, 'spool'), config.spoolMaxBytes);
  metrics.gauge(
    'mms_inbox_spool_messages',
    'Messages that wait for the database',
    () => spool.size().messages,
  );
  const { ping } = database;
  const spooling = createSpoolingReceiver({
    ...{ receive: receiveMessage, ping, isFaultOfData, isFaultOfServer, spool, log },
  });
  return { spool, spooling };
}

type Receiver = Awaited<ReturnType<typeof openReceiver>>;

/** The routes of a receiver, in the order they are asked, and what ends those that would not end. */
async function createRouters(
  {
    config,
    keyring,
    database,
    blobs,
    writer,
    queue,
    metrics,
    senderIdOf,
    pool,
    deleteMedia,
  }: Parts,
  { spool, spooling: { receiveMessage } }: Receiver,
): Promise<{ routers: Router[]; endStreams: () => void }> {
  const links = createMediaLinks(await sharedSecret(database, 'media-links'));
  const baseUrl = (request: Request) => config.publicUrl ?? `${request.protocol}://${request.host}`;
  const newest = await database.prisma.message.findFirst({ orderBy: [...NEWEST_FIRST] });
  const apiKeys = createApiKeys(database, config.adminApiKey);
  const requireRole = createRequireRole(apiKeys);
  const [mainAccount] = config.accountTokens;
  const sendBlob = createSendBlob(blobs);
  const { eventHosts } = config;
  const endpoints = createEndpoints(database, queue);
  const streams = createEventStreams({ database, apiKeys, requireRole });
  const routers = [
    createInboundRouter({
      publicUrl: config.publicUrl,
      twilioApiBaseUrl: config.twilioApiBaseUrl,
      replyText: config.replyText,
      receiptClock: createReceiptClock(newest?.receivedAt),
      keyring,
      receiveMessage,
      onAnswer: (outcome) => metrics.webhooks.inc({ outcome }),
    }),
    createMediaRouter({ database, sendBlob, requireRole, links, baseUrl }),
    createMessagesRouter({ database, requireRole }),
    createRevealRouter({
      ...{ database, requireRole, links, baseUrl },
      revealMedia: createRevealMedia(database),
    }),
    createTwilioApiRouter({
      ...{ database, sendBlob },
      deleteMedia: (sid, actor) =>
        deleteMedia({
          ...{ sid, scope: 'one', withMessages: false },
          ...{ actor, reasonCode: null, reason: null },
        }),
      authenticate: createBasicAuth(keyring, apiKeys),
      publicMediaUrls: config.publicMediaUrls,
    }),
    createImportRouter({
      importMedia: createImportMedia(
        database,
        { blobs, queue, writer },
        { accountSid: mainAccount.accountSid, moderation: moderationOfNew(config) },
      ),
      blobs,
      maxBytes: config.mediaMaxBytes,
      requireRole,
    }),
    createRetryRouter(
      createRetryMedia(database, queue),
      createRetryFailed(database, queue),
      requireRole,
    ),
    createRebuildRouter(createPreviewRebuild(database, queue), requireRole),
    createReconciliationRouter(
      createReconciliations(database, queue, keyring.accounts),
      requireRole,
    ),
    createBlocklist({ database, queue, blobs, pool, requireRole }),
    createModerationRouter({
      ...{ deleteMedia, requireRole },
      decideMedia: createDecideMedia(database),
      pinMedia: createPinMedia(database),
    }),
    createDeletionsRouter({
      ...{ database, requireRole },
      retryDeletion: createRetryDeletion(database, queue),
    }),
    createBulkRouter(createBulkActs(database, queue), requireRole),
    createExportRouter({
      ...{ database, senderIdOf, requireRole },
      exportSender: createExportSender(database, blobs),
    }),
    createErasuresRouter(
      createErasures({ database, queue, senderIdOf, forgetSpooled: spool.forgetFrom }),
      requireRole,
    ),
    createSendersRouter(createSenders(database, senderIdOf), requireRole),
    createKeysRouter(apiKeys, requireRole),
    createAuditRouter(database, requireRole),
    createEndpointsRouter({ endpoints, eventHosts, requireRole }),
    createDeliveriesRouter(createDeliveries(database, queue), requireRole),
    streams.router,
  ];
  return { routers, endStreams: streams.end };
}

function listen(server: Server, { port, host }: Config): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      const address = server.address() as AddressInfo;
      const shown = /^(0\.0\.0\.0|::)$/.test(address.address) ? 'localhost' : address.address;
      const name = shown.includes(':') ? `[${shown}]` : shown;
      resolve(`http://${name}:${address.port}`);
    });
  });
}
