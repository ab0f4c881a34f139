import { mkdtemp, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { asError, codeOf } from '../errors/caught.ts';
import { createDiskBlobStore } from '../files/disk-blob-store.ts';
import { freeBytes } from '../files/disk-space.ts';
import { type Finding, ok, problem } from './finding.ts';

/** The remedy for a folder that cannot be used. */
export function folderRemedy(path: string): string {
  return `Check ${path} (DATA_DIR, BLOB_STORE_URL): its disk, owner and permissions.`;
}

/**
 * A folder, or its nearest existing parent, in which the first start would create it.
 *
 * @param path absolute
 * @throws Error when a file is in the way
 */
export async function nearestFolder(path: string): Promise<{ path: string; isItself: boolean }> {
  for (let current = path; ; current = dirname(current)) {
    const info = await stat(current).catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
      throw error;
    });
    if (info === undefined) continue;
    if (!info.isDirectory()) throw new Error(`${current} is a file, not a folder`);
    return { path: current, isItself: current === path };
  }
}

/**
 * Checks that folders can be created in a folder, by creating one and removing it again: permissions alone do
 * not show it (`/proc` seems writable).
 *
 * @throws ErrnoException
 */
export async function requireFolderIn(path: string): Promise<void> {
  await rmdir(await mkdtemp(join(path, 'mms-inbox-check-')));
}

const NAME = 'blob store';

/** Whether attachments can be written to the blob folder. A missing folder is not created. */
export async function checkBlobs(folder: string): Promise<Finding> {
  try {
    const nearest = await nearestFolder(folder);
    if (!nearest.isItself) {
      await requireFolderIn(nearest.path);
      return ok(NAME, `the first start creates ${folder}`);
    }
    await (await createDiskBlobStore(folder, () => 'doctor')).checkWritable();
    return ok(NAME, `${folder} is writable`);
  } catch (error) {
    return problem('failed', NAME, asError(error).message, folderRemedy(folder));
  }
}

const MIB = 1024 ** 2;
const WARN_BELOW = 1024 * MIB;
const FAIL_BELOW = 100 * MIB;

/** @param free how many bytes an unprivileged user can still write there */
export async function checkDiskSpace(
  folder: string,
  free: (folder: string) => Promise<number> = freeBytes,
): Promise<Finding> {
  const name = `disk space of ${folder}`;
  try {
    return judgeDiskSpace(name, await free((await nearestFolder(folder)).path));
  } catch (error) {
    return problem('failed', name, asError(error).message, folderRemedy(folder));
  }
}

/** @param bytes how many are free */
export function judgeDiskSpace(name: string, bytes: number): Finding {
  const detail = `${Math.floor(bytes / MIB).toLocaleString('en')} MiB are free`;
  if (bytes >= WARN_BELOW) return ok(name, detail);
  const remedy =
    'Free disk space: messages and attachments that cannot be written are not received.';
  return problem(bytes < FAIL_BELOW ? 'failed' : 'warning', name, detail, remedy);
}
