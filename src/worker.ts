import type { Logger } from 'pino';
import type { Config } from './config.ts';
import type { Metrics } from './http/metrics.ts';
import type { ReceiveMessage } from './inbound/receive-message.ts';
import type { JobQueue } from './jobs/job-queue.ts';
import { createMediaDownloader } from './media/download/download-media.ts';
import { createFetchMedia } from './media/fetch-media.ts';
import { startHousekeeping } from './media/housekeeping.ts';
import { createKeepPreview } from './media/kept-preview.ts';
import { createPreviewPool, type PreviewPool } from './media/preview/preview-pool.ts';
import { createPreviewMedia } from './media/preview-media.ts';
import { createRebuildPreview } from './media/rebuild-preview.ts';
import { createUpstreamHealth, type UpstreamHealth } from './media/upstream-health.ts';
import { createDeleteUpstream } from './moderation/delete-upstream.ts';
import { createRemoveFiles } from './moderation/remove-files.ts';
import { createUpstreamMedia } from './moderation/upstream-media.ts';
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
  log: Logger;
}): Promise<Worker> {
  const endHousekeeping = await startHousekeeping({ database, queue, blobs, writer, log });
  const askTwilio = createAskTwilio(createApiCredentials(config, keyring));
  const apiBaseUrl = config.twilioApiBaseUrl;
  const downloader = createMediaDownloader({
    apiBaseUrl,
    redirectHosts: config.mediaRedirectHosts,
    maxBytes: config.mediaMaxBytes,
    askTwilio,
  });
  const upstream = createUpstreamHealth();
  const pool = createPreviewPool({
    concurrency: config.previewConcurrency,
    toolPath: config.toolPath,
    onCrash: (end) => log.warn(end, 'a preview process came down'),
  });
  const { extractLocation: withLocation } = config;
  const keepPreview = createKeepPreview({ blobs, pool, withLocation });
  const deleteUpstreamAfterStore = config.deleteUpstream === 'after-store';
  // One more than decoders: while one job commits and syncs its files, the next is decoded.
  const previews = config.previewConcurrency + 1;
  const concurrency = { 'preview-media': previews, 'rebuild-preview': previews };
  const handlers = {
    'fetch-media': createFetchMedia({
      ...{ database, queue, blobs, writer, downloader, log },
      retryForMs: config.fetchRetryHours * 3_600_000,
      onTry: reportTries(metrics, upstream, log),
    }),
    'preview-media': createPreviewMedia({
      ...{ database, queue, blobs, writer, keepPreview, deleteUpstreamAfterStore },
    }),
    'rebuild-preview': createRebuildPreview({ database, queue, blobs, writer, keepPreview, log }),
    'delete-upstream': createDeleteUpstream({
      ...{ database, queue, log },
      upstream: createUpstreamMedia({ apiBaseUrl, askTwilio }),
    }),
    reconcile: await startReconciling({
      ...{ config, database, queue, askTwilio, receiveMessage, log },
      accounts: keyring.accounts,
      onReconciled: (count) => metrics.reconciled.inc(count),
    }),
    'remove-files': createRemoveFiles(blobs),
  };
  await queue.work(handlers, concurrency);
  const stopping = new AbortController();
  logCapabilities(pool, log, stopping.signal);
  return {
    capabilities: pool.capabilities,
    upstream: upstream.check,
    async stop() {
      stopping.abort();
      await endHousekeeping();
      // The queue first: jobs that are handed back must not count as downloads that failed.
      await queue.stop();
      await downloader.close();
      pool.close();
    },
  };
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
  { fetches, fetchDelay, credentialsRefused }: Metrics,
  upstream: UpstreamHealth,
  log: Logger,
): Parameters<typeof createFetchMedia>[0]['onTry'] {
  return ({ accountSid, receivedAt }, code) => {
    fetches.inc({ result: code ?? 'ok' });
    if (code === null) {
      upstream.accepted(accountSid);
      fetchDelay.observe((Date.now() - receivedAt.getTime()) / 1000);
    } else if (code === 'unauthorized') {
      credentialsRefused.inc();
      if (!upstream.refused(accountSid)) return;
      log.error(
        { accountSid },
        'Twilio refuses the credentials of this account: nothing of it can be fetched. Correct ' +
          'TWILIO_API_KEY_SID and TWILIO_API_KEY_SECRET, or the auth token',
      );
    }
  };
}
