import { randomBytes } from 'node:crypto';
import type { BlobStore } from './blob-store.ts';

type NewKeys = Pick<BlobStore, 'newKey' | 'newName'>;

const WRITER = /-([0-9a-f]{12})-[0-9a-f]{12}(?:[-.][a-z]+\.[a-z0-9]+)?$/;

/** A new id for a process that writes files: 12 hexadecimal digits. */
export function newWriterId(): string {
  return randomBytes(6).toString('hex');
}

/** A unique name that begins with its owner and contains the id of the process that writes the file. */
export function newFileName(owner: string, writerId: string): string {
  return `${owner}-${writerId}-${randomBytes(6).toString('hex')}`;
}

/** The writer id in a file name, also before a preview's size or a rendition's form; null when there is none. */
export function writerOf(name: string): string | null {
  return WRITER.exec(name)?.[1] ?? null;
}

// 256 folders: few enough that a new file rarely needs a new folder, which has to be synced as well.
function folderOf(root: (typeof KEY_FOLDERS)[number], sha256: string): string {
  return `${root}/${sha256.slice(0, 2)}`;
}

/** All folders of keys, relative to the store. */
export const KEY_FOLDERS = ['blobs', 'previews', 'renditions'] as const;

/** The folder for the bytes of a hash, relative to the store; names in it begin with the hash. */
export function blobFolderOf(sha256: string): string {
  return folderOf('blobs', sha256);
}

/**
 * A new key for the bytes of a hash. Keys are unique, so each file belongs to the one row that references it,
 * and removing it never affects another row.
 */
export function newBlobKey(blobs: NewKeys, sha256: string): string {
  return blobs.newKey(`${blobFolderOf(sha256)}/${blobs.newName(sha256)}`);
}

/**
 * A new key for one preview of a hash.
 *
 * @param contentType such as `image/webp`
 */
export function newPreviewKey(
  blobs: NewKeys,
  sha256: string,
  size: string,
  contentType: string,
): string {
  const name = `${blobs.newName(sha256)}-${size}.${contentType.split('/')[1]}`;
  return blobs.newKey(`${folderOf('previews', sha256)}/${name}`);
}

/**
 * A new key for one rendition of a hash. The form follows a dot: releases without renditions find no writer in the
 * name, so their sweep keeps the file.
 *
 * @param contentType such as `image/webp`
 */
export function newRenditionKey(
  blobs: NewKeys,
  sha256: string,
  form: string,
  contentType: string,
): string {
  const name = `${blobs.newName(sha256)}.${form}.${contentType.split('/')[1]}`;
  return blobs.newKey(`${folderOf('renditions', sha256)}/${name}`);
}
