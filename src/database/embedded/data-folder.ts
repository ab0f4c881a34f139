import { access, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '../../errors/app-error.ts';
import { syncPath, syncTree } from '../../files/folder-sync.ts';
import { makeFolder } from '../../files/folders.ts';

export interface DataFolderLock {
  /** A child process that inherits this file descriptor holds the lock, too. */
  fd: number;
  release(): Promise<void>;
}

/**
 * Locks a data folder for this process. The embedded database has one writer; a second process on the
 * same files would corrupt them. It is a lock of the operating system, which releases it when the process
 * ends in any way.
 *
 * @throws AppError `data_folder_in_use` while another process holds the folder.
 */
export async function lockDataFolder(dataDir: string): Promise<DataFolderLock> {
  // Imported only here: it is native code, and a server database needs no lock.
  const { tryLock, unlock } = await import('fs-native-extensions');
  await makeFolder(dataDir);
  const file = await open(join(dataDir, 'lock'), 'a+', 0o600);
  if (!tryLock(file.fd)) {
    await file.close();
    throw new AppError(
      'data_folder_in_use',
      `Another mms-inbox process is using the data folder ${dataDir}. Stop it first, give this one ` +
        'its own DATA_DIR, or set DATABASE_URL to share a PostgreSQL server.',
    );
  }
  return {
    fd: file.fd,
    async release() {
      unlock(file.fd);
      await file.close();
    },
  };
}

// Moved last, so that it marks a complete database.
const LAST = 'PG_VERSION';
const UNFINISHED = '.new';

/** Whether a folder contains a complete embedded database. */
export function hasDatabase(folder: string): Promise<boolean> {
  return isThere(join(folder, LAST));
}

/**
 * Rejects a folder that contains a database without PG_VERSION, unless an interrupted build left it.
 *
 * @param folder may be missing
 * @throws Error
 */
export async function requireBuildable(folder: string): Promise<void> {
  if (await isThere(join(folder, UNFINISHED))) return;
  if (await isThere(join(folder, 'global', 'pg_control'))) {
    throw new Error(`The folder ${folder} has a database without ${LAST}`);
  }
}

/**
 * Creates an embedded database atomically. PGlite copies most of its files without a sync, so the database is
 * created in a subfolder, synced, and moved up, PG_VERSION last. After an interruption the next call starts
 * again.
 *
 * @param folder created when missing; it may be a mount point and contain other files
 * @param make creates a database in a folder and closes it
 * @throws the error of `requireBuildable`
 */
export async function buildDatabase(
  folder: string,
  make: (folder: string) => Promise<void>,
): Promise<void> {
  await requireBuildable(folder);
  await makeFolder(folder);
  await syncPath(dirname(folder));
  const unfinished = join(folder, UNFINISHED);
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { mode: 0o700 });
  await make(unfinished);
  await syncTree(unfinished);

  const moveUp = async (name: string) => {
    await rm(join(folder, name), { recursive: true, force: true });
    await rename(join(unfinished, name), join(folder, name));
  };
  const names = await readdir(unfinished);
  for (const name of names) if (name !== LAST) await moveUp(name);
  await syncPath(folder);
  await moveUp(LAST);
  await finishBuilding(folder);
}

/** Removes what an interrupted build may have left beside a complete database. */
export async function finishBuilding(folder: string): Promise<void> {
  await rm(join(folder, UNFINISHED), { recursive: true, force: true });
  await syncPath(folder);
}

/** Whether a file or folder is there, and this process can get at it. */
export function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
