import type { Blob } from '../generated/prisma/client.ts';
import type { JobHandler } from '../jobs/job-list.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import { lockBlob } from '../storage/blob-lock.ts';
import type { BlobStore } from '../storage/blob-store.ts';
import type { Database, Transaction } from '../storage/database.ts';
import type { FileWriter } from '../storage/file-writer.ts';
import { type KeepPreview, type KeptPreview, linkPreview } from './kept-preview.ts';
import { withNewFiles } from './new-files.ts';

/** The job `preview-media`: makes the previews of one media's bytes, and so completes it. */
export function createPreviewMedia(deps: {
  database: Database;
  queue: JobQueue;
  blobs: BlobStore;
  writer: FileWriter;
  keepPreview: KeepPreview;
  /** Twilio's copy goes as soon as ours is complete. */
  deleteUpstreamAfterStore: boolean;
}): JobHandler<'preview-media'> {
  const { database, queue, keepPreview } = deps;

  return async ({ mediaSid }, signal) => {
    const blob = await database.prisma.blob.findFirst({
      where: { media: { some: { sid: mediaSid, state: 'pending' } } },
    });
    if (blob === null) return;
    try {
      const preview = blob.previewKind === null ? await keepPreview(blob, signal) : null;
      await withNewFiles(deps, preview?.files ?? [], (tx) => complete(tx, blob, preview));
    } catch (error) {
      if (!signal.aborted) await tellDelay(mediaSid);
      throw error;
    }
  };

  // The queue tries again; people see why it takes so long.
  async function tellDelay(sid: string): Promise<void> {
    await database.prisma.media.updateMany({
      where: { sid, state: 'pending' },
      data: { reason: 'The bytes are here, the preview could not be written and is tried again' },
    });
  }

  /**
   * Every media that waits for these bytes is stored by the same transaction.
   *
   * @returns the keys of the previews that are in use now
   */
  async function complete(
    tx: Transaction,
    { sha256, key }: Blob,
    preview: KeptPreview | null,
  ): Promise<Set<string>> {
    await lockBlob(tx, sha256);
    const isLinked =
      preview !== null && (await linkPreview(tx, { sha256, key }, preview, { previewKind: null }));
    // Another media with the same bytes was quicker; or the blob was deleted meanwhile, and what has
    // come again under its hash has another key and its own job.
    if (!isLinked && (await tx.blob.count({ where: { sha256, key } })) === 0) return new Set();
    await storeWaiting(tx, sha256);
    return new Set(isLinked ? preview.files.map((file) => file.key) : []);
  }

  async function storeWaiting(tx: Transaction, sha256: string): Promise<void> {
    const stored = await tx.media.updateManyAndReturn({
      where: { blobSha256: sha256, state: 'pending' },
      data: { state: 'stored', storedAt: new Date(), reason: null },
      select: { sid: true, upstream: true },
    });
    if (!deps.deleteUpstreamAfterStore) return;
    const kept = stored.filter(({ upstream }) => upstream === 'kept').map(({ sid }) => sid);
    await tx.media.updateMany({ where: { sid: { in: kept } }, data: { upstream: 'deleting' } });
    const jobs = kept.map((mediaSid) => ({ payload: { mediaSid } }));
    await queue.send(tx, 'delete-upstream', jobs);
  }
}
