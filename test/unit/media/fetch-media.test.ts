import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createByteBudget } from '../../../src/files/byte-budget.ts';
import { createDiskBlobStore } from '../../../src/files/disk-blob-store.ts';
import { DownloadError } from '../../../src/media/download/download-error.ts';
import { createFetchMedia } from '../../../src/media/fetch-media.ts';
import { createLogger } from '../../../src/monitoring/logger.ts';
import { NO_TRACING } from '../../../src/monitoring/tracing.ts';
import { addMedia } from '../../support/add-media.ts';
import { openTestQueue } from '../../support/test-queue.ts';

test('the next try of a fetch has the priority of the last one', async () => {
  const { database, queue, files, close } = await openTestQueue();
  try {
    const mediaSid = await addMedia(database);
    const fetchMedia = createFetchMedia({
      database,
      queue,
      blobs: await createDiskBlobStore(join(files.dataDir, 'blobs'), () => 'a'.repeat(12)),
      budget: createByteBudget(1024),
      keepFetched: async () => undefined,
      downloader: {
        download: () => Promise.reject(new DownloadError('upstream-error', 'Twilio answered 503')),
        close: async () => undefined,
      },
      retryForMs: 3_600_000,
      onTry: () => undefined,
      tracing: NO_TRACING,
      isTwilioOut: () => false,
      settleMessages: async () => undefined,
      log: createLogger('silent'),
    });
    const claim = { id: crypto.randomUUID(), retryCount: 0, priority: -7, isCompleted: false };
    await fetchMedia({ mediaSid }, new AbortController().signal, claim);
    const jobs = await database.prisma.$queryRaw`
      SELECT priority FROM pgboss.job WHERE singleton_key = ${mediaSid}`;
    expect(jobs).toEqual([{ priority: -7 }]);
  } finally {
    await close();
  }
});
