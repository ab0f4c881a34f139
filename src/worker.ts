import type { Logger } from 'pino';
import type { Config } from './config.ts';
import { createDeliverEvents } from './events/deliveries/deliver-events.ts';
import { createEventSender } from './events/deliveries/send-event.ts';
import { startEventHousekeeping } from './events/start-event-housekeeping.ts';
import type { ReadinessCheck } from './http/health-router.ts';
import type { Metrics } from './http/metrics.ts';
import type { ReceiveMessage } from './inbound/receive-message.ts';
import type { JobQueue } from './jobs/job-queue.ts';
import { createMediaDownloader } from './media/download/download-media.ts';
import { createFetchMedia } from './media/fetch-media.ts';
import { startHousekeeping } from './media/housekeeping.ts';
import { createKeepPreview } from './media/kept-preview.ts';
import type { PreviewPool } from './media/preview/preview-pool.ts';
import { createPreviewMedia } from './media/preview-media.ts';
import { createRebuildPreview } from './media/rebuild-preview.ts';
import { createRemoveFiles } from './media/remove-files.ts';
import { createUpstreamHealth, type UpstreamHealth } from './media/upstream-health.ts';
import { createApplyBlocklist } from './moderation/blocklist/apply-blocklist.ts';
import {
  type BlocklistIndex,
  createBlocklistIndex,
} from './moderation/blocklist/blocklist-index.ts';
import { createRunBulkAct } from './moderation/bulk/run-bulk-act.ts';
import { createDeleteLocal } from './moderation/deletions/delete-local.ts';
import type { DeleteMedia } from './moderation/deletions/delete-media.ts';
import { createDeleteUpstream } from './moderation/deletions/delete-upstream.ts';
import { createDeleteUpstreamMessage } from './moderation/deletions/delete-upstream-message.ts';
import { createRunDeletion } from './moderation/deletions/run-deletion.ts';
import {
  type StuckDeletions,
  watchStuckDeletions,
} from './moderation/deletions/stuck-deletions.ts';
import { createTryUpstream, type ReportAnswer } from './moderation/deletions/try-upstream.ts';
import { createUpstreamCopies } from './moderation/deletions/upstream-copies.ts';
import { createGate } from './moderation/gate/create-gate.ts';
import { createDeleteJudged } from './moderation/gate/delete-judged.ts';
import { createPdqIndex } from './moderation/pdq/pdq-index.ts';
import { startRetention } from './moderation/retention/start-retention.ts';
import { createSweepRetention } from './moderation/retention/sweep-retention.ts';
import { createScanning } from './moderation/scan/create-scanning.ts';
import { createEraseSender } from './moderation/senders/erase-sender.ts';
import { startReconciling } from './reconciliation/start-reconciling.ts';
import type { BlobStore } from './storage/blob-store.ts';
import type { Database } from './storage/database.ts';
import type { FileWriter } from './storage/file-writer.ts';
import { createApiCredentials } from './twilio/api-credentials.ts';
import { createAskTwilio } from './twilio/ask-twilio.ts';
import type { Keyring } from './twilio/keyring.ts';

/** The worker role of a process. */
export interface Worker {
  /** What previews it can make. */
  capabilities: PreviewPool['capabilities'];
  /** Whether Twilio accepts our credentials. */
  upstream: UpstreamHealth['check'];
  /** Whether deletions come to their end. */
  deletions: StuckDeletions['check'];
  /** Whether the classifier answers; undefined where there is none. */
  scan: ReadinessCheck | undefined;
  /** Stops it, the queue included. */
  stop(): Promise<void>;
}

/** The worker role: cleans up after a process that died, then runs jobs. */
export async function startWorker({
  config,
  keyring,
  database,
  blobs,
  writer,
  queue,
  metrics,
  receiveMessage,
  pool,
  deleteMedia,
  log,
}: {
  config: Readonly<Config>;
  keyring: Keyring;
  database: Database;
  blobs: BlobStore;
  writer: FileWriter;
  queue: JobQueue;
  metrics: Metrics;
  receiveMessage: ReceiveMessage;
  pool: PreviewPool;
  deleteMedia: DeleteMedia;
  log: Logger;
}): Promise<Worker> {
  const endHousekeeping = await startHousekeeping({ database, queue, blobs, writer, log });
  const endEventHousekeeping = startEventHousekeeping({ database, queue, log });
  const sender = createEventSender(config.eventHosts);
  const askTwilio = createAskTwilio(createApiCredentials(config, keyring));
  const apiBaseUrl = config.twilioApiBaseUrl;
  const downloader = createMediaDownloader({
    apiBaseUrl,
    redirectHosts: config.mediaRedirectHosts,
    maxBytes: config.mediaMaxBytes,
    askTwilio,
  });
  const upstream = createUpstreamHealth();
  const { extractLocation: withLocation } = config;
  const keepPreview = createKeepPreview({ blobs, pool, withLocation });
  const deleteUpstreamAfterStore = config.deleteUpstream === 'after-store';
  const deleting = {
    ...{ database, queue },
    upstream: createUpstreamCopies({ apiBaseUrl, askTwilio }),
    tryUpstream: createTryUpstream({
      ...{ database, log },
      onAnswer: reportDeletes(metrics, upstream, log),
    }),
  };
  const runDeletion = createRunDeletion({
    ...{ database, queue, blobs },
    deleteUpstream: config.deleteUpstream !== 'never',
  });
  const stuck = watchStuckDeletions(database, log);
  metrics.gauge(
    'mms_inbox_deletions_stuck',
    'Deletions that do not come to their end by themselves',
    stuck.count,
  );
  const index = createBlocklistIndex(database, createPdqIndex());
  const scanning = createScanning({ config, database, blobs, metrics, log });
  const gate = createGate({ database, queue, index, scan: scanning.scan });
  // One more than decoders: while one job commits and syncs its files, the next is decoded.
  const previews = config.previewConcurrency + 1;
  const concurrency = {
    'preview-media': previews + scanning.concurrency,
    'rebuild-preview': previews,
  };
  const handlers = {
    'fetch-media': createFetchMedia({
      ...{ database, queue, blobs, writer, downloader, log },
      retryForMs: config.fetchRetryHours * 3_600_000,
      onTry: reportTries(metrics, upstream, log),
    }),
    'preview-media': createPreviewMedia({
      ...{ database, queue, blobs, writer, keepPreview, gate, deleteUpstreamAfterStore },
    }),
    'rebuild-preview': createRebuildPreview({ database, queue, blobs, writer, keepPreview, log }),
    'delete-upstream': createDeleteUpstream(deleting),
    'delete-upstream-message': createDeleteUpstreamMessage(deleting),
    'delete-local': createDeleteLocal({
      ...{ database, queue },
      runDeletion,
    }),
    'delete-judged': createDeleteJudged(deleteMedia),
    'apply-blocklist': createApplyBlocklist({ database, queue, index }),
    reconcile: await startReconciling({
      ...{ config, database, queue, askTwilio, receiveMessage, log },
      accounts: keyring.accounts,
      onReconciled: (count) => metrics.reconciled.inc(count),
    }),
    'erase-sender': createEraseSender({ database, queue, runDeletion }),
    'bulk-act': createRunBulkAct({ database, deleteMedia }),
    'deliver-events': createDeliverEvents({
      ...{ database, queue, sender, log },
      scheduleSeconds: config.eventRetrySeconds,
      onResult: (result) => metrics.eventDeliveries.inc({ result }),
    }),
    'remove-files': createRemoveFiles(blobs),
  };
  await queue.work(handlers, concurrency);
  const endRetention = startRetention(
    createSweepRetention({ database, deleteMedia, rules: config.retentionRules }),
    log,
  );
  const stopping = new AbortController();
  logCapabilities(pool, log, stopping.signal);
  loadBlocklist(index, log, stopping.signal);
  return {
    capabilities: pool.capabilities,
    upstream: upstream.check,
    deletions: stuck.check,
    scan: scanning.check,
    async stop() {
      stopping.abort();
      await stuck.stop();
      await endRetention();
      await endHousekeeping();
      await endEventHousekeeping();
      // The queue first: jobs that are handed back must not count as downloads that failed.
      await queue.stop();
      await downloader.close();
      await sender.close();
    },
  };
}

/** Not waited for: pictures wait until it is there, nothing else does. */
function loadBlocklist(index: BlocklistIndex, log: Logger, stopping: AbortSignal): void {
  const startedAt = performance.now();
  index
    .ready()
    .then(() => {
      const ms = Math.round(performance.now() - startedAt);
      log.info({ pictures: index.size(), ms }, 'blocklist loaded');
    })
    .catch((error: Error) => {
      if (!stopping.aborted) log.error({ err: error }, 'the blocklist is not loaded yet');
    });
}

/** Not waited for: to try every decoder takes a moment, and nothing depends on it. */
function logCapabilities(pool: PreviewPool, log: Logger, stopping: AbortSignal): void {
  pool
    .capabilities()
    .then(({ kinds, isOffline }) => {
      const missing = kinds.filter((kind) => kind.missing !== null);
      log.info(
        {
          previews: kinds.filter((kind) => kind.missing === null).map(({ name }) => name),
          missing: Object.fromEntries(missing.map(({ name, missing }) => [name, missing?.problem])),
          isOffline,
        },
        'previews that can be made',
      );
    })
    .catch((error: Error) => {
      if (!stopping.aborted) log.error({ err: error }, 'no previews can be made');
    });
}

function reportTries(
  metrics: Metrics,
  upstream: UpstreamHealth,
  log: Logger,
): Parameters<typeof createFetchMedia>[0]['onTry'] {
  const { fetches, fetchDelay } = metrics;
  return ({ accountSid, receivedAt }, code) => {
    fetches.inc({ result: code ?? 'ok' });
    if (code === null) {
      upstream.accepted(accountSid);
      fetchDelay.observe((Date.now() - receivedAt.getTime()) / 1000);
    } else if (code === 'unauthorized') {
      tellRefused(accountSid, metrics, upstream, log);
    }
  };
}

function reportDeletes(metrics: Metrics, upstream: UpstreamHealth, log: Logger): ReportAnswer {
  return (accountSid, answer) => {
    if (answer.done || answer.trouble === 'too-early') upstream.accepted(accountSid);
    else if (answer.trouble === 'refused') tellRefused(accountSid, metrics, upstream, log);
  };
}

/** A fault of the configuration: said once, until they are accepted again. */
function tellRefused(
  accountSid: string,
  { credentialsRefused }: Metrics,
  upstream: UpstreamHealth,
  log: Logger,
): void {
  credentialsRefused.inc();
  if (!upstream.refused(accountSid)) return;
  log.error(
    { accountSid },
    'Twilio refuses the credentials of this account: nothing of it can be fetched or deleted. ' +
      'Correct TWILIO_API_KEY_SID and TWILIO_API_KEY_SECRET, or the auth token',
  );
}
