import type { Logger } from 'pino';
import type { Config } from './config.ts';
import type { ReceiveMessage } from './inbound/receive-message.ts';
import type { JobQueue } from './jobs/job-queue.ts';
import { createMediaDownloader } from './media/download/download-media.ts';
import { createFetchMedia } from './media/fetch-media.ts';
import { startHousekeeping } from './media/housekeeping.ts';
import { createKeepPreview } from './media/kept-preview.ts';
import { createPreviewPool, type PreviewPool } from './media/preview/preview-pool.ts';
import { createPreviewMedia } from './media/preview-media.ts';
import { createRebuildPreview } from './media/rebuild-preview.ts';
import { createDeleteUpstream } from './moderation/delete-upstream.ts';
import { createRemoveFiles } from './moderation/remove-files.ts';
import { createUpstreamMedia } from './moderation/upstream-media.ts';
import { startReconciling } from './reconciliation/start-reconciling.ts';
import type { BlobStore } from './storage/blob-store.ts';
import type { Database } from './storage/database.ts';
import { createApiCredentials } from './twilio/api-credentials.ts';

/** The worker role of a process. */
export interface Worker {
  /** What previews it can make. */
  capabilities: PreviewPool['capabilities'];
  /** Stops it, the queue included. */
  stop(): Promise<void>;
}

/** The worker role: cleans up after a process that died, then runs jobs. */
export async function startWorker({
  config,
  database,
  blobs,
  queue,
  receiveMessage,
  log,
}: {
  config: Readonly<Config>;
  database: Database;
  blobs: BlobStore;
  queue: JobQueue;
  receiveMessage: ReceiveMessage;
  log: Logger;
}): Promise<Worker> {
  const endHousekeeping = await startHousekeeping({ database, queue, blobs, log });
  const credentials = createApiCredentials(config);
  const apiBaseUrl = config.twilioApiBaseUrl;
  const downloader = createMediaDownloader({
    apiBaseUrl,
    redirectHosts: config.mediaRedirectHosts,
    maxBytes: config.mediaMaxBytes,
    credentials,
  });
  const pool = createPreviewPool({
    concurrency: config.previewConcurrency,
    toolPath: config.toolPath,
    onCrash: (end) => log.warn(end, 'a preview process came down'),
  });
  const { extractLocation: withLocation } = config;
  const keepPreview = createKeepPreview({ blobs, pool, withLocation });
  const deleteUpstreamAfterStore = config.deleteUpstream === 'after-store';
  await queue.work({
    'fetch-media': createFetchMedia({ database, queue, blobs, downloader, log }),
    'preview-media': createPreviewMedia({
      ...{ database, queue, blobs, keepPreview, deleteUpstreamAfterStore },
    }),
    'rebuild-preview': createRebuildPreview({ database, queue, blobs, keepPreview }),
    'delete-upstream': createDeleteUpstream({
      ...{ database, queue, log },
      upstream: createUpstreamMedia({ apiBaseUrl, credentials }),
    }),
    reconcile: await startReconciling({
      ...{ config, database, queue, credentials, receiveMessage, log },
    }),
    'remove-files': createRemoveFiles(blobs),
  });
  const stopping = new AbortController();
  logCapabilities(pool, log, stopping.signal);
  return {
    capabilities: pool.capabilities,
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
