import type { Logger } from 'pino';
import { lockBlob } from '../database/blob-lock.ts';
import type { Database, Transaction } from '../database/database.ts';
import type { BlobStore } from '../files/blob-store.ts';
import type { Blob } from '../generated/prisma/client.ts';
import type { JobHandler } from '../jobs/job-list.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import type { FileWriter } from '../media/file-writer.ts';
import { withNewFiles } from '../media/new-files.ts';
import { type KeepPreview, linkPreview } from './kept-preview.ts';

const BACKSTOP_MS = 60_000;

/**
 * The job `rebuild-preview`: makes one blob's preview again. The old one is shown until then, and stays
 * where the new one would show less, or cannot be made.
 */
export function createRebuildPreview(deps: {
  database: Database;
  queue: JobQueue;
  blobs: BlobStore;
  writer: FileWriter;
  keepPreview: KeepPreview;
  log: Logger;
}): JobHandler<'rebuild-preview'> {
  const { database, queue, blobs, keepPreview, log } = deps;

  return async ({ sha256 }, signal) => {
    const blob = await database.prisma.blob.findUnique({ where: { sha256, previewStale: true } });
    if (blob === null) return;
    try {
      await rebuild(blob, signal);
    } catch (error) {
      if (signal.aborted) throw error;
      log.error({ err: error, sha256 }, 'preview not made again, the old one stays');
      await database.prisma.blob.updateMany({ where: { sha256 }, data: { previewStale: false } });
    }
  };

  async function rebuild(blob: Blob, signal: AbortSignal): Promise<void> {
    const { sha256 } = blob;
    const preview = await keepPreview(blob, signal);
    let replaced: string[] = [];
    await withNewFiles(deps, preview.files, async (tx) => {
      await lockBlob(tx, sha256);
      const still = { sha256, key: blob.key, previewStale: true } as const;
      // The blob was deleted, or another process was quicker.
      if ((await tx.blob.count({ where: still })) === 0) return new Set<string>();
      if (preview.reason !== null && blob.previewReason === null) {
        await tx.blob.update({ where: { sha256 }, data: { previewStale: false } });
        return new Set<string>();
      }
      replaced = await forgetPreviews(tx, sha256);
      await linkPreview(tx, blob, preview, still);
      if (replaced.length > 0) {
        // Should this process end before it has removed them.
        const startAfter = new Date(Date.now() + BACKSTOP_MS);
        await queue.send(tx, 'remove-files', [{ payload: { keys: replaced }, startAfter }]);
      }
      return new Set(preview.files.map(({ key }) => key));
    });
    for (const key of replaced) await blobs.remove(key);
  }
}

/** @returns the keys of the files that no row names any more */
async function forgetPreviews(tx: Transaction, blobSha256: string): Promise<string[]> {
  const where = { blobSha256 };
  const rows = await tx.preview.findMany({ where, select: { key: true } });
  await tx.preview.deleteMany({ where });
  return rows.map(({ key }) => key);
}
