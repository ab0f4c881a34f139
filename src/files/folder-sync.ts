import { open, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import pLimit from 'p-limit';

/** Has the entries of folders written to the disk. */
export interface FolderSync {
  /** What is in a folder now. */
  entries(folder: string): Promise<void>;
  /** What is in a folder now, and the folder itself: its entry, and those of all above it. */
  whole(folder: string): Promise<void>;
}

/**
 * Syncs of folders that many ask for at once. Whoever asks while a folder is being synced may come too late
 * for that, and shares the next one with all others who do. A folder's own entry is synced once.
 *
 * @param root absolute; what is above it is somebody else's
 * @param sync writes the entries of a folder to the disk
 */
export function createFolderSync(root: string, sync = syncPath): FolderSync {
  const running = new Map<string, Promise<void>>();
  const next = new Map<string, Promise<void>>();
  /** Folders whose own entry is on disk, or will be. */
  const anchored = new Map<string, Promise<void>>();

  function start(folder: string): Promise<void> {
    const task = sync(folder).finally(() => running.delete(folder));
    running.set(folder, task);
    return task;
  }

  function entries(folder: string): Promise<void> {
    const before = running.get(folder);
    if (before === undefined) return start(folder);
    let shared = next.get(folder);
    if (shared === undefined) {
      const begin = () => {
        next.delete(folder);
        return start(folder);
      };
      shared = before.then(begin, begin);
      next.set(folder, shared);
    }
    return shared;
  }

  function anchor(folder: string): Promise<void> {
    const above = dirname(folder);
    if (folder === root || above === folder) return Promise.resolve();
    let known = anchored.get(folder);
    if (known === undefined) {
      known = both(entries(above), anchor(above));
      anchored.set(folder, known);
      known.catch(() => anchored.delete(folder));
    }
    return known;
  }

  return { entries, whole: (folder) => both(entries(folder), anchor(folder)) };
}

async function both(...tasks: Promise<void>[]): Promise<void> {
  await Promise.all(tasks);
}

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
