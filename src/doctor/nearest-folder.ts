import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';

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
