import type { JobHandler } from '../jobs/job-list.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import type { BlobStore } from '../storage/blob-store.ts';
import type { Database } from '../storage/database.ts';
import { type KeepPreview, linkPreview } from './kept-preview.ts';
import { withNewFiles } from './new-files.ts';

const BACKSTOP_MS = 60_000;

/** The job `rebuild-preview`: makes one blob's preview again. The old one is shown until then. */
export function createRebuildPreview(deps: {
  database: Database;
  queue: JobQueue;
  blobs: BlobStore;
  keepPreview: KeepPreview;
}): JobHandler<'rebuild-preview'> {
  const { database, queue, blobs, keepPreview } = deps;

  return async ({ sha256 }, signal) => {
    const blob = await database.prisma.blob.findUnique({
      where: { sha256, previewStale: true },
      include: { media: { select: { fileName: true }, take: 1 } },
    });
    if (blob === null) return;
    const preview = await keepPreview(blob, blob.media[0]?.fileName ?? null, signal);
    let replaced: string[] = [];
    await withNewFiles(deps, preview.files, () =>
      database.prisma.$transaction(async (tx) => {
        const old = await linkPreview(tx, blob, preview);
        if (old === null) return new Set<string>();
        replaced = old;
        if (old.length > 0) {
          // Should this process end before it has removed them.
          const startAfter = new Date(Date.now() + BACKSTOP_MS);
          await queue.send(tx, 'remove-files', [{ payload: { keys: old }, startAfter }]);
        }
        return new Set(preview.files.map(({ key }) => key));
      }),
    );
    for (const key of replaced) await blobs.remove(key);
  };
}
