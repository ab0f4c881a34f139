import { mkdtemp, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** What to do about a folder that cannot be used. */
export function folderRemedy(path: string): string {
  return `Check ${path} (DATA_DIR, BLOB_STORE_URL): its disk, its owner, its rights.`;
}

/**
 * A folder, or the one above it that a start would make it in.
 *
 * @param path absolute
 * @throws Error where a file is in the way
 */
export async function nearestFolder(path: string): Promise<{ path: string; isItself: boolean }> {
  for (let current = path; ; current = dirname(current)) {
    const info = await stat(current).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
      throw error;
    });
    if (info === undefined) continue;
    if (!info.isDirectory()) throw new Error(`${current} is a file, not a folder`);
    return { path: current, isItself: current === path };
  }
}

/**
 * Tries whether folders can be made in a folder, by making one and removing it again: of some (`/proc`) the
 * permissions say yes.
 *
 * @throws ErrnoException
 */
export async function requireFolderIn(path: string): Promise<void> {
  await rmdir(await mkdtemp(join(path, 'mms-inbox-check-')));
}
