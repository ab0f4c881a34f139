import { open, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import pLimit from 'p-limit';

/** Flushes folder entries to disk (fsync). */
export interface FolderSync {
  /** Syncs the current entries of a folder. */
  entries(folder: string): Promise<void>;
  /** Syncs the current entries of a folder, its own entry, and the entries of all folders above it. */
  whole(folder: string): Promise<void>;
}

/**
 * Coalesces concurrent syncs of the same folder. A request during a running sync may be too late for it,
 * so it shares the next sync with all other such requests. A folder's own entry is synced once.
 *
 * @param root absolute; folders above it are not synced
 * @param sync writes the entries of a folder to the disk
 */
export function createFolderSync(root: string, sync = syncPath): FolderSync {
  const running = new Map<string, Promise<void>>();
  const next = new Map<string, Promise<void>>();
  /** Folders whose own entry is synced, or being synced. */
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

// Twice the size of libuv's default thread pool.
const CONCURRENCY = 8;

/** Syncs a file, or the entries of a folder, to disk (fsync). */
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
  const limit = pLimit(CONCURRENCY);
  await limit.map([...names, '.'], (name) => syncPath(join(folder, name)));
}
