import { type Database, lockBlobs, type Transaction } from '../database/database.ts';
import type { BlobStore } from '../files/blob-store.ts';
import { BlobStoreError } from '../files/blob-store-error.ts';
import type { JobHandler } from '../jobs/job-list.ts';
import type { FileWriter } from './file-writer.ts';

/** A file in the blob store that no row references yet. */
export interface NewFile {
  key: string;
  sha256: string;
}

/** A new file that is still in the scratch folder. */
export interface ScratchFile extends NewFile {
  path: string;
}

/**
 * Moves scratch files to their keys in the blob store, all or none.
 *
 * @throws ErrnoException ENOENT when a deletion has removed the scratch folder, ENOSPC when the disk is full
 */
export async function adoptFiles(blobs: BlobStore, files: readonly ScratchFile[]): Promise<void> {
  const adopted = await Promise.allSettled(files.map(({ path, key }) => blobs.adopt(path, key)));
  const failure = adopted.find(({ status }) => status === 'rejected');
  if (failure?.status !== 'rejected') return;
  await removeNewFiles(blobs, files);
  throw failure.reason;
}

/**
 * Runs a transaction that takes new files into use, and removes the files that it did not use: all of
 * them when it failed. Files are written before it and removed after it, never inside, so that no
 * database connection waits for the disk. `sweepOrphans` finds what a crash leaves behind.
 *
 * @param takeIntoUse writes the rows, and resolves with the keys that they reference
 * @param options.mayBeCommitted whether an earlier transaction may have taken the files into use, because its
 *   outcome is unknown
 * @param options.keepOnFailure whether the files stay when the transaction fails, because it is tried again
 */
export async function withNewFiles(
  { database, blobs, writer }: { database: Database; blobs: BlobStore; writer: FileWriter },
  files: readonly NewFile[],
  takeIntoUse: (tx: Transaction) => Promise<ReadonlySet<string>>,
  { mayBeCommitted = false, keepOnFailure = false } = {},
): Promise<void> {
  let used: ReadonlySet<string>;
  try {
    used = await database.prisma.$transaction(async (tx) => {
      const names = files.map(({ key }) => key);
      if (names.length > 0) await writer.claim(tx, names);
      return takeIntoUse(tx);
    });
    if (mayBeCommitted) used = new Set([...used, ...(await usedKeys(database, files))]);
  } catch (error) {
    if (!keepOnFailure) await removeUnlessUsed({ database, blobs }, files);
    throw error;
  }
  await removeNewFiles(blobs, files, used);
}

/**
 * Removes files that no row references, after a transaction that failed: its commit may have succeeded although the
 * response was lost. If the database cannot be queried, the files stay: an orphaned file is better than a row without
 * its bytes.
 */
export async function removeUnlessUsed(
  { database, blobs }: { database: Database; blobs: BlobStore },
  files: readonly NewFile[],
): Promise<void> {
  const found = await usedKeys(database, files).catch(() => null);
  if (found !== null) await removeNewFiles(blobs, files, found);
}

/** Removes all files that are not in `used`. While a bucket does not work, that is left to the store. */
export async function removeNewFiles(
  blobs: BlobStore,
  files: readonly NewFile[],
  used: ReadonlySet<string> = new Set(),
): Promise<void> {
  for (const { key } of files) {
    if (used.has(key)) continue;
    await blobs.remove(key).catch((error: unknown) => {
      if (!(error instanceof BlobStoreError)) throw error;
    });
  }
}

/** The keys that a row references. The locks wait for the transaction whose outcome is unknown. */
async function usedKeys(database: Database, files: readonly NewFile[]): Promise<Set<string>> {
  const sha256s = [...new Set(files.map(({ sha256 }) => sha256))];
  return database.prisma.$transaction(async (tx) => {
    await lockBlobs(tx, sha256s);
    const key = { in: files.map((file) => file.key) };
    const hashes = { in: sha256s };
    const blobs = await tx.blob.findMany({
      where: { sha256: hashes, key },
      select: { key: true },
    });
    const previews = await tx.preview.findMany({
      where: { blobSha256: hashes, key },
      select: { key: true },
    });
    const renditions = await tx.rendition.findMany({
      where: { blobSha256: hashes, key },
      select: { key: true },
    });
    return new Set([...blobs, ...previews, ...renditions].flatMap((row) => row.key ?? []));
  });
}

/** The job `remove-files`: removes files that no row references any more; a missing file is no error. */
export function createRemoveFiles(blobs: BlobStore): JobHandler<'remove-files'> {
  return async ({ keys }) => {
    for (const key of keys) await blobs.remove(key);
  };
}
