import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Transaction } from '../database/database.ts';
import type { BlobStore } from '../files/blob-store.ts';
import { newPreviewKey } from '../files/file-names.ts';
import type { Blob, Prisma } from '../generated/prisma/client.ts';
import type { NewFile } from '../media/new-files.ts';
import type { PreviewPool } from './preview-pool.ts';
import type { PreviewFile, PreviewResult } from './preview-result.ts';

/** A preview whose files are in the blob store, though no row references them yet. */
export interface KeptPreview extends Omit<PreviewResult, 'files'> {
  files: (Omit<PreviewFile, 'path'> & NewFile)[];
}

/** Makes the preview of a blob. */
export type KeepPreview = (blob: Blob, signal: AbortSignal) => Promise<KeptPreview>;

/** @param withLocation whether to include where a picture was taken in `details` */
export function createKeepPreview(deps: {
  blobs: BlobStore;
  pool: PreviewPool;
  withLocation: boolean;
}): KeepPreview {
  const { blobs, pool, withLocation } = deps;
  return async (blob, signal) => {
    const { sha256, contentType, byteSize } = blob;
    await blobs.checkRoom();
    const scratchFolder = blobs.scratchPath(basename(blob.key));
    try {
      // A folder, so that once a deletion has removed it, the decoder process cannot write more files.
      await mkdir(scratchFolder);
      const { files, ...preview } = await blobs.withLocalFile(blob.key, (path) => {
        const source = { path, contentType, byteSize: Number(byteSize) };
        return pool.run({ ...source, scratchFolder, withLocation }, signal);
      });
      const kept = files.map(({ path, ...file }) => {
        const key = newPreviewKey(blobs, sha256, file.size, file.contentType);
        // A compromised decoder may name any path, so only its base name is used.
        return { path: join(scratchFolder, basename(path)), file: { ...file, key, sha256 } };
      });
      await adoptAll(blobs, kept);
      return { ...preview, files: kept.map(({ file }) => file) };
    } finally {
      await blobs.discard(scratchFolder);
    }
  };
}

/** All or none: no row references these files yet, so a partial set has to be removed here. */
async function adoptAll(
  blobs: BlobStore,
  files: readonly { path: string; file: NewFile }[],
): Promise<void> {
  const adopted = await Promise.allSettled(
    files.map(({ path, file }) => blobs.adopt(path, file.key)),
  );
  const failure = adopted.find(({ status }) => status === 'rejected');
  if (failure?.status !== 'rejected') return;
  // A deletion has removed the scratch folder, or the disk is full.
  for (const { file } of files) await blobs.remove(file.key);
  throw failure.reason;
}

/**
 * Stores a preview and its files in the database.
 *
 * @param tx holds the lock of the blob; the caller commits it
 * @param which the state that the blob must still be in
 * @returns whether it was stored; false when the blob is gone, or in another state
 */
export async function linkPreview(
  tx: Transaction,
  { sha256, key }: Pick<Blob, 'sha256' | 'key'>,
  { kind, reason, size, thumbhash, pdq, details, files }: KeptPreview,
  which: Prisma.BlobWhereInput,
): Promise<boolean> {
  const { count } = await tx.blob.updateMany({
    where: { sha256, key, ...which },
    data: {
      previewKind: kind,
      previewReason: reason,
      thumbhash,
      previewStale: false,
      width: size?.width ?? null,
      height: size?.height ?? null,
      pdq: pdq?.hash ?? null,
      pdqQuality: pdq?.quality ?? null,
      details: details as Prisma.InputJsonObject,
    },
  });
  if (count === 0) return false;
  await tx.preview.createMany({
    data: files.map(({ sha256: blobSha256, ...file }) => ({ ...file, blobSha256 })),
  });
  return true;
}
