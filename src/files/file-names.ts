import { randomBytes } from 'node:crypto';
import type { BlobStore } from './blob-store.ts';

const WRITER = /-([0-9a-f]{12})-[0-9a-f]{12}(?:-[a-z]+\.[a-z0-9]+)?$/;

/** An id for a process as a writer of files: 12 hexadecimal digits. */
export function newWriterId(): string {
  return randomBytes(6).toString('hex');
}

/** A name that no other file has, beginning with its owner, and telling which process wrote it. */
export function newFileName(owner: string, writerId: string): string {
  return `${owner}-${writerId}-${randomBytes(6).toString('hex')}`;
}

/** The writer that a name tells, also with a preview's size at its end; null when it tells none. */
export function writerOf(name: string): string | null {
  return WRITER.exec(name)?.[1] ?? null;
}

// Two levels deep, so that no folder grows too large.
function folderOf(root: string, sha256: string): string {
  return `${root}/${sha256.slice(0, 2)}/${sha256.slice(2, 4)}`;
}

/** The folder for the bytes of a hash, below that of the store; names in it begin with the hash. */
export function blobFolderOf(sha256: string): string {
  return folderOf('blobs', sha256);
}

/**
 * A new place for the bytes of a hash. No two are the same, so a file belongs to the one row that
 * names it: removing it can never take away what another row has.
 */
export function newBlobKey(blobs: BlobStore, sha256: string): string {
  return `${blobFolderOf(sha256)}/${blobs.newName(sha256)}`;
}

/**
 * A new place for one preview of a hash.
 *
 * @param contentType such as `image/webp`
 */
export function newPreviewKey(
  blobs: BlobStore,
  sha256: string,
  size: string,
  contentType: string,
): string {
  const name = `${blobs.newName(sha256)}-${size}.${contentType.split('/')[1]}`;
  return `${folderOf('previews', sha256)}/${name}`;
}
