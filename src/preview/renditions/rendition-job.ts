import { lstat } from 'node:fs/promises';
import type { Logger } from 'pino';
import { type Database, lockBlob } from '../../database/database.ts';
import type { BlobStore } from '../../files/blob-store.ts';
import { newRenditionKey } from '../../files/file-names.ts';
import { sha256Of } from '../../files/hash-file.ts';
import type { Blob, Rendition } from '../../generated/prisma/client.ts';
import type { JobHandler } from '../../jobs/job-list.ts';
import type { JobQueue } from '../../jobs/job-queue.ts';
import { diskError } from '../../media/disk-error.ts';
import type { FileWriter } from '../../media/file-writer.ts';
import { adoptFiles, type ScratchFile, withNewFiles } from '../../media/new-files.ts';
import type { PreviewPool } from '../preview-pool.ts';
import { findUnreadable, INVALID_ANSWER, withConverted } from './convert-blob.ts';
import { type RenditionName, renditionAnswer } from './rendition-types.ts';

/**
 * The job `make-rendition`. When the bytes are at fault, the reason is kept and it is not tried again; when the disk
 * is full, the queue tries it again. Nothing is left of a rendition whose blob is deleted meanwhile.
 *
 * @param deps.largestBytes how much the renditions that run at once may write
 */
export function createMakeRendition(deps: {
  database: Database;
  queue: JobQueue;
  blobs: BlobStore;
  writer: FileWriter;
  pool: Pick<PreviewPool, 'convert'>;
  largestBytes: number;
  log: Logger;
}): JobHandler<'make-rendition'> {
  const { database, queue, blobs, largestBytes, log } = deps;
  const { rendition } = database.prisma;

  return async ({ sha256, name, page }, signal) => {
    const row = await rendition.findFirst({
      where: { blobSha256: sha256, name: name as RenditionName, page, state: 'pending' },
      include: { blob: true },
    });
    if (row === null) return;
    const { blob, ...pending } = row;
    const where = stillPending(pending, blob);
    await rendition.updateMany({ where, data: { startedAt: new Date() } });
    try {
      await make(pending, blob, signal);
    } catch (error) {
      if (signal.aborted) throw error;
      // None when the blob was deleted, and its files with it.
      const { message: reason } = diskError(error);
      const { count } = await rendition.updateMany({ where, data: { reason, startedAt: null } });
      if (count > 0) throw error;
    }
  };

  async function make(row: Rendition, blob: Blob, signal: AbortSignal): Promise<void> {
    await blobs.checkSpareRoom(largestBytes);
    const unreadable = await findUnreadable(blobs, blob.key);
    if (unreadable !== null) {
      const data = { state: 'failed', reason: unreadable } as const;
      const { count } = await rendition.updateMany({ where: stillPending(row, blob), data });
      // None when the blob was deleted, and its files with it.
      if (count > 0)
        log.error({ sha256: blob.sha256 }, 'the bytes of an attachment are unreadable');
      return;
    }
    const { name, page } = row;
    await withConverted(deps, blob, { name, page }, signal, (answer, path) =>
      keep(row, blob, answer, path),
    );
  }

  /** @param answer of the process that has decoded untrusted bytes, so it is untrusted as well */
  async function keep(row: Rendition, blob: Blob, answer: unknown, path: string): Promise<void> {
    const { sha256 } = blob;
    const result = renditionAnswer(row.name).safeParse(answer).data ?? { reason: INVALID_ANSWER };
    if ('original' in result) return finish(row, blob, { state: 'original', reason: null });
    if (!('file' in result)) return finish(row, blob, { state: 'failed', reason: result.reason });
    const { contentType, reason } = result.file;
    const stats = await lstat(path);
    // A link could lead to any file of this process.
    if (!stats.isFile() || stats.nlink !== 1) {
      return finish(row, blob, { state: 'failed', reason: INVALID_ANSWER });
    }
    const key = newRenditionKey(blobs, sha256, row.name, contentType);
    const { size: byteSize } = stats;
    const fileSha256 = await sha256Of(path);
    const data = { contentType, reason, byteSize, fileSha256, key, state: 'ready' } as const;
    await finish(row, blob, data, { path, key, sha256 });
  }

  async function finish(
    row: Rendition,
    blob: Blob,
    data: Partial<Rendition>,
    file?: ScratchFile,
  ): Promise<void> {
    const { sha256 } = blob;
    const files = file === undefined ? [] : [file];
    try {
      await adoptFiles(blobs, files);
      await withNewFiles(deps, files, async (tx) => {
        await lockBlob(tx, sha256);
        const { count } = await tx.rendition.updateMany({ where: stillPending(row, blob), data });
        return new Set(count === 0 ? [] : files.map(({ key }) => key));
      });
    } catch (error) {
      // The next attempt gets another key, and there is none when the blob was deleted.
      if (file !== undefined) await removeLater(file);
      throw error;
    }
  }

  async function removeLater({ sha256, key }: ScratchFile): Promise<void> {
    await database.prisma.$transaction(async (tx) => {
      // Waits for the commit whose outcome is unknown.
      await lockBlob(tx, sha256);
      if ((await tx.rendition.count({ where: { key } })) > 0) return;
      await queue.send(tx, 'remove-files', [{ payload: { keys: [key] } }]);
    });
  }
}

/** Bytes may have been deleted, and have arrived again under another key. */
function stillPending({ blobSha256, name, page }: Rendition, { key }: Blob) {
  return { blobSha256, name, page, state: 'pending', blob: { key } } as const;
}
