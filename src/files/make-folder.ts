import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncPath } from './sync-path.ts';

/**
 * Makes a folder, and those above it that are missing, each synced, one at a time from the top: Node's own `recursive`
 * never ends where the folder above is there and refuses with ENOENT, as `/proc` does.
 *
 * @param folder absolute
 * @throws ErrnoException; ENOTDIR where a file is in the way
 */
export async function makeFolder(folder: string): Promise<void> {
  if (await isFolder(folder)) return;
  await makeFolder(dirname(folder));
  try {
    await mkdir(folder, { mode: 0o700 });
    await syncPath(dirname(folder));
  } catch (error) {
    // Somebody else was quicker.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !(await isFolder(folder)))
      throw error;
  }
}

async function isFolder(path: string): Promise<boolean> {
  const info = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (info !== undefined && !info.isDirectory()) {
    throw Object.assign(new Error(`${path} is a file, not a folder`), { code: 'ENOTDIR' });
  }
  return info !== undefined;
}
