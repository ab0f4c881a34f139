import { mkdir } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Blob, Prisma } from '../generated/prisma/client.ts';
import { lockBlob } from '../storage/blob-lock.ts';
import type { BlobStore } from '../storage/blob-store.ts';
import type { Transaction } from '../storage/database.ts';
import { newPreviewKey } from './blob-keys.ts';
import type { NewFile } from './new-files.ts';
import type { PreviewPool } from './preview/preview-pool.ts';
import type { PreviewResult } from './preview/preview-result.ts';
import type { PreviewFile } from './preview/preview-sizes.ts';

/** A preview whose files have their places in the blob store, though no row names them yet. */
export interface KeptPreview extends Omit<PreviewResult, 'files'> {
  files: (Omit<PreviewFile, 'path'> & NewFile)[];
}

/** Makes the preview of a blob. */
export type KeepPreview = (
  blob: Blob,
  /** As a sender called it; null when it had no name. */
  fileName: string | null,
  signal: AbortSignal,
) => Promise<KeptPreview>;

/** @param withLocation whether the place where a picture was taken may be told */
export function createKeepPreview(deps: {
  blobs: BlobStore;
  pool: PreviewPool;
  withLocation: boolean;
}): KeepPreview {
  const { blobs, pool, withLocation } = deps;
  return async (blob, fileName, signal) => {
    const { sha256, contentType, byteSize } = blob;
    const scratchFolder = blobs.scratchPath(basename(blob.key));
    try {
      // A folder, because a delete takes it away: what the process still writes has no place then.
      await mkdir(scratchFolder);
      const { files, ...preview } = await blobs.withLocalFile(blob.key, (path) => {
        const source = { path, contentType, byteSize: Number(byteSize), fileName };
        return pool.run({ ...source, scratchFolder, withLocation }, signal);
      });
      const kept = files.map(({ path, ...file }) => {
        const key = newPreviewKey(sha256, file.size, file.contentType);
        return { path, file: { ...file, key, sha256 } };
      });
      for (const { path, file } of kept) await blobs.adopt(path, file.key);
      return { ...preview, files: kept.map(({ file }) => file) };
    } finally {
      await blobs.discard(scratchFolder);
    }
  };
}

/**
 * Takes a preview into use: in place of the one that the blob had, if any.
 *
 * @param tx the caller commits it
 * @returns the keys of the files that nothing needs any more; null when the blob is gone, or another
 *   file has come under the same hash
 */
export async function linkPreview(
  tx: Transaction,
  { sha256, key }: Pick<Blob, 'sha256' | 'key'>,
  { kind, reason, size, thumbhash, details, files }: KeptPreview,
): Promise<string[] | null> {
  await lockBlob(tx, sha256);
  const { count } = await tx.blob.updateMany({
    where: { sha256, key },
    data: {
      ...{ previewKind: kind, previewReason: reason, thumbhash, previewStale: false },
      ...{ width: size?.width ?? null, height: size?.height ?? null },
      details: details as Prisma.InputJsonObject,
    },
  });
  if (count === 0) return null;
  const where = { blobSha256: sha256 };
  const old = await tx.preview.findMany({ where, select: { key: true } });
  await tx.preview.deleteMany({ where });
  await tx.preview.createMany({
    data: files.map(({ sha256: blobSha256, ...file }) => ({ ...file, blobSha256 })),
  });
  return old.map((row) => row.key);
}
