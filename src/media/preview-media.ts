import { mkdir } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Blob } from '../generated/prisma/client.ts';
import type { JobHandler } from '../jobs/job-list.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import { lockBlob } from '../storage/blob-lock.ts';
import type { BlobStore } from '../storage/blob-store.ts';
import type { Database, Transaction } from '../storage/database.ts';
import { newPreviewKey } from './blob-keys.ts';
import { withNewFiles } from './new-files.ts';
import { IMAGE_TYPES } from './preview/image-types.ts';
import type { PreviewPool } from './preview/preview-pool.ts';
import type { PreviewFile, PreviewResult } from './preview/preview-sizes.ts';

export interface PreviewDeps {
  database: Database;
  queue: JobQueue;
  blobs: BlobStore;
  pool: PreviewPool;
  /** Twilio's copy goes as soon as ours is complete. */
  deleteUpstreamAfterStore: boolean;
}

/** A preview whose files have their places in the blob store. */
type KeptPreview =
  | (Omit<Extract<PreviewResult, { kind: 'image' }>, 'files'> & {
      files: (Omit<PreviewFile, 'path'> & { key: string; sha256: string })[];
    })
  | (Extract<PreviewResult, { kind: 'none' }> & { files: [] });

/** The job `preview-media`: makes the previews of one media's bytes, and so completes it. */
export function createPreviewMedia(deps: PreviewDeps): JobHandler<'preview-media'> {
  const { database, queue, blobs, pool } = deps;

  return async ({ mediaSid }, signal) => {
    const media = await database.prisma.media.findUnique({
      where: { sid: mediaSid },
      include: { blob: true },
    });
    if (media?.state !== 'pending' || media.blob === null) return;
    const { blob } = media;
    const scratchFolder = blobs.scratchPath(basename(blob.key));
    try {
      const preview =
        blob.previewKind === null ? await makePreview(blob, scratchFolder, signal) : null;
      await withNewFiles(deps, preview?.files ?? [], () =>
        database.prisma.$transaction((tx) => complete(tx, blob, preview)),
      );
    } catch (error) {
      if (!signal.aborted) await tellDelay(mediaSid);
      throw error;
    } finally {
      await blobs.discard(scratchFolder);
    }
  };

  // The queue tries again; people see why it takes so long.
  async function tellDelay(sid: string): Promise<void> {
    await database.prisma.media.updateMany({
      where: { sid, state: 'pending' },
      data: { reason: 'The bytes are here, the preview could not be written and is tried again' },
    });
  }

  async function makePreview(
    blob: Blob,
    scratchFolder: string,
    signal: AbortSignal,
  ): Promise<KeptPreview> {
    if (blob.contentType === null || !IMAGE_TYPES.has(blob.contentType)) {
      const type = blob.contentType ?? 'files of this type';
      return { kind: 'none', reason: `There are no previews of ${type} yet`, files: [] };
    }
    // A folder, because a delete takes it away: what the process still writes has no place then.
    await mkdir(scratchFolder);
    const result = await blobs.withLocalFile(blob.key, (path) =>
      pool.run({ path, scratchFolder }, signal),
    );
    if (result.kind === 'none') return { ...result, files: [] };
    const { sha256 } = blob;
    const files = result.files.map((file) => ({ ...file, key: newPreviewKey(sha256, file.size) }));
    for (const { path, key } of files) await blobs.adopt(path, key);
    return { ...result, files: files.map(({ path: _, ...file }) => ({ ...file, sha256 })) };
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
    // Of this blob alone: deleted meanwhile and come again, it has another key and its own job.
    const isStill = await tx.blob.count({ where: { sha256, key } });
    if (isStill === 0) return new Set();
    const used = preview === null ? new Set<string>() : await keep(tx, sha256, preview);
    const stored = await tx.media.updateManyAndReturn({
      where: { blobSha256: sha256, state: 'pending' },
      data: { state: 'stored', storedAt: new Date(), reason: null },
      select: { sid: true, upstream: true },
    });
    if (deps.deleteUpstreamAfterStore) {
      const kept = stored.filter(({ upstream }) => upstream === 'kept').map(({ sid }) => sid);
      await tx.media.updateMany({ where: { sid: { in: kept } }, data: { upstream: 'deleting' } });
      const jobs = kept.map((mediaSid) => ({ payload: { mediaSid } }));
      await queue.send(tx, 'delete-upstream', jobs);
    }
    return used;
  }

  async function keep(tx: Transaction, sha256: string, preview: KeptPreview): Promise<Set<string>> {
    const { kind, files } = preview;
    const { count } = await tx.blob.updateMany({
      where: { sha256, previewKind: null },
      data:
        kind === 'none'
          ? { previewKind: kind, previewReason: preview.reason }
          : {
              previewKind: kind,
              width: preview.width,
              height: preview.height,
              thumbhash: preview.thumbhash,
            },
    });
    if (count === 0) return new Set();
    await tx.preview.createMany({
      data: files.map(({ sha256: blobSha256, ...file }) => ({ ...file, blobSha256 })),
    });
    return new Set(files.map(({ key }) => key));
  }
}
