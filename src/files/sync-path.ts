import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';

// As many as Node has threads for, twice.
const AT_ONCE = 8;

/** Has the operating system write a file, or the entries of a folder, to the disk. */
export async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The same for a folder and everything under it. */
export async function syncTree(folder: string): Promise<void> {
  const names = await readdir(folder, { recursive: true });
  const limit = pLimit(AT_ONCE);
  await limit.map([...names, '.'], (name) => syncPath(join(folder, name)));
}
