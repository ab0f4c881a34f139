import { constants } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { codeOf } from '../../errors/caught.ts';
import type { BlobStore } from '../../files/blob-store.ts';
import type { Blob } from '../../generated/prisma/client.ts';
import type { PreviewPool } from '../preview-pool.ts';
import type { RenditionRequest } from './make-rendition.ts';

/** The reason when a decoding process did not answer as it should. */
export const INVALID_ANSWER = 'The decoder gave no valid answer';

/**
 * Converts a blob in a decoding process. Its scratch folder is removed afterwards, and by a deletion of the blob.
 *
 * @param use takes the answer of the process and the path of the file that it may have written: both are untrusted,
 *   because it has decoded untrusted bytes
 */
export async function withConverted<T>(
  { blobs, pool }: { blobs: BlobStore; pool: Pick<PreviewPool, 'convert'> },
  { key, contentType, byteSize }: Pick<Blob, 'key' | 'contentType' | 'byteSize'>,
  what: Pick<RenditionRequest, 'name' | 'page' | 'mostSeconds'>,
  signal: AbortSignal,
  use: (answer: unknown, path: string) => Promise<T>,
): Promise<T> {
  const scratchFolder = blobs.scratchPath(basename(key));
  try {
    await mkdir(scratchFolder);
    const file = { contentType, byteSize: Number(byteSize), scratchFolder };
    const answer = await blobs.withLocalFile(key, (path) => {
      return pool.convert({ path, ...file, ...what }, signal);
    });
    return await use(answer, join(scratchFolder, what.name));
  } finally {
    await blobs.discard(scratchFolder);
  }
}

/**
 * Opens a file that a decoding process has written.
 *
 * @returns null when it is a link, which could lead to any file of this process, or no file
 */
export async function openConverted(
  path: string,
): Promise<{ file: FileHandle; byteSize: number } | null> {
  let file: FileHandle;
  try {
    // Without O_NONBLOCK a pipe in its place would block.
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (codeOf(error) === 'ELOOP') return null;
    throw error;
  }
  const stats = await file.stat();
  if (stats.isFile() && stats.nlink === 1) return { file, byteSize: stats.size };
  await file.close();
  return null;
}

/** Why the bytes of a blob cannot be read; null when they can. */
export async function findUnreadable(blobs: BlobStore, key: string): Promise<string | null> {
  try {
    await blobs.requireReadable(key);
    return null;
  } catch (error) {
    const code = codeOf(error) ?? '';
    if (code === 'ENOENT') return 'The file of the attachment is missing';
    if (['EACCES', 'EPERM', 'EIO'].includes(code)) {
      return `The file of the attachment cannot be read (${code})`;
    }
    throw error;
  }
}
