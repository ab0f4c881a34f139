import type { Logger } from 'pino';
import type { Config } from './config.ts';
import type { JobQueue } from './jobs/job-queue.ts';
import { createMediaDownloader } from './media/download/download-media.ts';
import { createFetchMedia } from './media/fetch-media.ts';
import { startHousekeeping } from './media/housekeeping.ts';
import { createPreviewPool } from './media/preview/preview-pool.ts';
import { createPreviewMedia } from './media/preview-media.ts';
import { createDeleteUpstream } from './moderation/delete-upstream.ts';
import { createRemoveFiles } from './moderation/remove-files.ts';
import { createUpstreamMedia } from './moderation/upstream-media.ts';
import type { BlobStore } from './storage/blob-store.ts';
import type { Database } from './storage/database.ts';
import { createApiCredentials } from './twilio/api-credentials.ts';

/**
 * The worker role: cleans up after a process that died, then runs jobs.
 *
 * @returns what stops it, the queue included
 */
export async function startWorker({
  config,
  database,
  blobs,
  queue,
  log,
}: {
  config: Readonly<Config>;
  database: Database;
  blobs: BlobStore;
  queue: JobQueue;
  log: Logger;
}): Promise<() => Promise<void>> {
  const endHousekeeping = await startHousekeeping({ database, queue, blobs, log });
  const credentials = createApiCredentials(config);
  const apiBaseUrl = config.twilioApiBaseUrl;
  const downloader = createMediaDownloader({
    apiBaseUrl,
    redirectHosts: config.mediaRedirectHosts,
    maxBytes: config.mediaMaxBytes,
    credentials,
  });
  const pool = createPreviewPool();
  const deleteUpstreamAfterStore = config.deleteUpstream === 'after-store';
  await queue.work({
    'fetch-media': createFetchMedia({ database, queue, blobs, downloader, log }),
    'preview-media': createPreviewMedia({
      ...{ database, queue, blobs, pool, deleteUpstreamAfterStore },
    }),
    'delete-upstream': createDeleteUpstream({
      ...{ database, queue, log },
      upstream: createUpstreamMedia({ apiBaseUrl, credentials }),
    }),
    'remove-files': createRemoveFiles(blobs),
  });
  return async () => {
    await endHousekeeping();
    // The queue first: jobs that are handed back must not count as downloads that failed.
    await queue.stop();
    await downloader.close();
    pool.close();
  };
}
