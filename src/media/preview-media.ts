import { mkdir } from 'node:fs/promises';
import type { Blob } from '../generated/prisma/client.ts';
import type { JobHandler } from '../jobs/job-list.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import type { BlobStore } from '../storage/blob-store.ts';
import type { Database, Transaction } from '../storage/database.ts';
import { previewKey } from './blob-keys.ts';
import { lockBlob } from './blob-lock.ts';
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
    const scratchFolder = blobs.scratchPath(blob.sha256);
    try {
      const result =
        blob.previewKind === null ? await makePreview(blob, scratchFolder, signal) : null;
      await database.prisma.$transaction((tx) => complete(tx, blob, result), {
        maxWait: 30_000,
        timeout: 30_000,
      });
    } finally {
      await blobs.discard(scratchFolder);
    }
  };

  async function makePreview(
    blob: Blob,
    scratchFolder: string,
    signal: AbortSignal,
  ): Promise<PreviewResult> {
    if (blob.contentType === null || !IMAGE_TYPES.has(blob.contentType)) {
      const type = blob.contentType ?? 'files of this type';
      return { kind: 'none', reason: `There are no previews of ${type} yet` };
    }
    // A folder, because a delete takes it away: what the process still writes has no place then.
    await mkdir(scratchFolder);
    return blobs.withLocalFile(blob.key, (path) => pool.run({ path, scratchFolder }, signal));
  }

  /** Every media that waits for these bytes is stored by the same transaction. */
  async function complete(
    tx: Transaction,
    { sha256 }: Blob,
    result: PreviewResult | null,
  ): Promise<void> {
    await lockBlob(tx, sha256);
    if (result !== null) {
      const data =
        result.kind === 'image'
          ? { width: result.width, height: result.height, thumbhash: result.thumbhash }
          : { previewReason: result.reason };
      const { count } = await tx.blob.updateMany({
        where: { sha256, previewKind: null },
        data: { previewKind: result.kind, ...data },
      });
      if (count > 0 && result.kind === 'image') await keepPreviews(tx, sha256, result.files);
    }
    const stored = await tx.media.updateManyAndReturn({
      where: { blobSha256: sha256, state: 'pending' },
      data: { state: 'stored', storedAt: new Date(), reason: null },
      select: { sid: true, upstream: true },
    });
    if (!deps.deleteUpstreamAfterStore) return;
    const upstream = stored.filter((media) => media.upstream === 'kept').map(({ sid }) => sid);
    await tx.media.updateMany({
      where: { sid: { in: upstream } },
      data: { upstream: 'deleting' },
    });
    const jobs = upstream.map((sid) => ({ payload: { mediaSid: sid } }));
    await queue.send(tx, 'delete-upstream', jobs);
  }

  async function keepPreviews(tx: Transaction, sha256: string, files: PreviewFile[]) {
    const rows = files.map(({ path, ...file }) => ({
      path,
      row: { ...file, blobSha256: sha256, key: previewKey(sha256, file.size) },
    }));
    await tx.preview.createMany({ data: rows.map(({ row }) => row) });
    for (const { path, row } of rows) await blobs.adopt(path, row.key);
  }
}
