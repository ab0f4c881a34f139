import type { Logger } from 'pino';
import { BLOBS_BY_HASH } from '../database/blob-scan.ts';
import { type Database, lockBlob, type Transaction } from '../database/database.ts';
import { allOf, countRows, scanRows } from '../database/scan-rows.ts';
import type { BlobStore } from '../files/blob-store.ts';
import { BlobStoreError } from '../files/blob-store-error.ts';
import { type Blob, Prisma } from '../generated/prisma/client.ts';
import { AFTER_NEW, type JobHandler } from '../jobs/job-list.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import type { FileWriter } from '../media/file-writer.ts';
import { adoptFiles, withNewFiles } from '../media/new-files.ts';
import { linkPreviews } from './link-previews.ts';
import { PREVIEW_TYPES, type PreviewTypeGroup } from './preview-types.ts';
import type { NewPreview, Renderer } from './render-blob.ts';

/** Which previews to rebuild; all of them by default. */
interface PreviewSelection {
  /** Only those of one kind's content types. */
  kind?: PreviewTypeGroup | undefined;
  /** Only those that show less than one would expect, with a reason. */
  failed?: boolean | undefined;
}

export interface PreviewRebuild {
  /** Marks previews as stale and queues a job for each. @returns how many */
  begin(selection: PreviewSelection): Promise<number>;
  /** Queues a new job for each preview that is still marked as stale. @returns how many */
  resume(): Promise<number>;
  /** How many are still to be rebuilt. */
  remaining(): Promise<number>;
}

const BATCH = 100;

/** Rebuilds previews by jobs, so that the client can disconnect and a worker can be restarted. */
export function createPreviewRebuild(database: Database, queue: JobQueue): PreviewRebuild {
  const { prisma } = database;

  async function mark(range: Prisma.Sql, filter: Prisma.Sql): Promise<number> {
    let count = 0;
    for await (const blobs of scanRows(prisma, BLOBS_BY_HASH, { ranges: [range], filter })) {
      for (let begin = 0; begin < blobs.length; begin += BATCH) {
        const batch = blobs.slice(begin, begin + BATCH);
        const sha256 = { in: batch.map((blob) => blob.sha256) };
        await prisma.$transaction(async (tx) => {
          await tx.blob.updateMany({ where: { sha256 }, data: { previewStale: true } });
          const jobs = batch.map((payload) => ({ payload }));
          await queue.send(tx, 'rebuild-preview', jobs);
        });
      }
      count += blobs.length;
    }
    return count;
  }

  const all = Prisma.sql`true`;
  const isStale = Prisma.sql`preview_stale = true`;
  return {
    begin: ({ kind, failed = false }) =>
      mark(
        all,
        allOf([
          // A blob without a preview still has its `preview-media` job.
          Prisma.sql`preview_kind IS NOT NULL`,
          failed ? HAS_FAILED : undefined,
          kind && ofKind(kind),
        ]),
      ),
    resume: () => mark(isStale, all),
    remaining: () => countRows(prisma, BLOBS_BY_HASH, { ranges: [isStale], filter: all }),
  };
}

// Also of a rendition: it is made anew when it is requested after the rebuild.
const HAS_FAILED = Prisma.sql`(preview_reason IS NOT NULL OR EXISTS (
  SELECT 1 FROM rendition WHERE blob_sha256 = sha256 AND rendition.state = 'failed'
))`;

function ofKind(kind: PreviewTypeGroup): Prisma.Sql {
  const types: readonly (string | null)[] = PREVIEW_TYPES[kind];
  const named = Prisma.sql`content_type = ANY(${types.filter((type) => type !== null)})`;
  return types.includes(null) ? Prisma.sql`(${named} OR content_type IS NULL)` : named;
}

/**
 * Has the preview of one blob rebuilt, unless that is already requested.
 *
 * @param tx the caller commits it
 */
export async function requestRebuild(
  tx: Transaction,
  queue: JobQueue,
  sha256: string,
): Promise<void> {
  await tx.blob.updateMany({ where: { sha256 }, data: { previewStale: true } });
  await queue.sendMissing(tx, 'rebuild-preview', [{ payload: { sha256 } }]);
}

const BACKSTOP_MS = 60_000;

/**
 * The job `rebuild-preview`: rebuilds one blob's preview. The old one is shown until then, and is kept
 * when the new one has a reason and the old one has none, or when the rebuild fails.
 */
export function createRebuildPreview(deps: {
  database: Database;
  queue: JobQueue;
  blobs: BlobStore;
  writer: FileWriter;
  renderer: Renderer;
  log: Logger;
}): JobHandler<'rebuild-preview'> {
  const { database, queue, blobs, renderer, log } = deps;

  return async ({ sha256 }, signal) => {
    const blob = await database.prisma.blob.findUnique({ where: { sha256, previewStale: true } });
    if (blob === null) return;
    try {
      await renderer.withPreview(blob, { signal, priority: AFTER_NEW }, (preview) =>
        replace(blob, preview),
      );
    } catch (error) {
      // The queue tries it again when the store works.
      if (signal.aborted || error instanceof BlobStoreError) throw error;
      log.error({ err: error, sha256 }, 'preview rebuild failed, the old preview stays');
      await database.prisma.blob.updateMany({ where: { sha256 }, data: { previewStale: false } });
    }
  };

  async function replace(blob: Blob, preview: NewPreview): Promise<void> {
    const { sha256, key } = blob;
    await adoptFiles(blobs, preview.files);
    let replaced: string[] = [];
    await withNewFiles(deps, preview.files, async (tx) => {
      await lockBlob(tx, sha256);
      const still = { sha256, key, previewStale: true } as const;
      // The blob was deleted, or another process has rebuilt its preview.
      if ((await tx.blob.count({ where: still })) === 0) return new Set<string>();
      if (preview.reason !== null && blob.previewReason === null) {
        await tx.blob.update({ where: { sha256 }, data: { previewStale: false } });
        return new Set<string>();
      }
      replaced = await deleteFiles(tx, sha256);
      await linkPreviews(tx, [{ sha256, key, preview }], 'stale');
      if (replaced.length > 0) {
        // In case this process ends before it has removed them.
        const startAfter = new Date(Date.now() + BACKSTOP_MS);
        await queue.send(tx, 'remove-files', [{ payload: { keys: replaced }, startAfter }]);
      }
      return new Set(preview.files.map(({ key }) => key));
    });
    for (const key of replaced) await blobs.remove(key);
  }
}

/**
 * Deletes the rows of previews and renditions: the latter are made anew when they are requested.
 *
 * @returns the keys of the files that no row references any more
 */
async function deleteFiles(tx: Transaction, blobSha256: string): Promise<string[]> {
  const where = { blobSha256 };
  const rows = await tx.preview.findMany({ where, select: { key: true } });
  await tx.preview.deleteMany({ where });
  const renditions = await tx.rendition.findMany({ where, select: { key: true } });
  await tx.rendition.deleteMany({ where });
  return [...rows, ...renditions].flatMap(({ key }) => key ?? []);
}
