import { access, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '../../errors/app-error.ts';
import { syncPath, syncTree } from '../../files/folder-sync.ts';
import { makeFolder } from '../../files/folders.ts';

export interface DataFolderLock {
  release(): Promise<void>;
}

/**
 * Claims a data folder for this process. The embedded database has one writer; a second process on
 * the same files would destroy them. The lock belongs to the operating system, so it is gone with
 * the process, however that ends.
 *
 * @throws AppError `data_folder_in_use` while another process holds the folder.
 */
export async function lockDataFolder(dataDir: string): Promise<DataFolderLock> {
  // Loaded here alone: it is native code, and a server database needs no lock.
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
    async release() {
      unlock(file.fd);
      await file.close();
    },
  };
}

const LAST = 'PG_VERSION';
const UNFINISHED = '.new';

/** Whether an embedded database is in a folder, whole. */
export function hasDatabase(folder: string): Promise<boolean> {
  return isThere(join(folder, LAST));
}

/**
 * Refuses a folder with all of a database but PG_VERSION, unless that is what a build left that was broken off.
 *
 * @param folder need not be there
 * @throws Error
 */
export async function requireBuildable(folder: string): Promise<void> {
  if (await isThere(join(folder, UNFINISHED))) return;
  if (await isThere(join(folder, 'global', 'pg_control'))) {
    throw new Error(`The folder ${folder} has a database without ${LAST}`);
  }
}

/**
 * Makes an embedded database that is on the disk as a whole, or not there. PGlite copies most of its files
 * without a sync: so it is made in a folder within, synced, and moved up, PG_VERSION last. Whatever breaks
 * that off, the next time begins anew.
 *
 * @param folder made when missing; it may be a mount, and have files of others
 * @param make makes a database in a folder, and closes it
 * @throws what `requireBuildable` throws
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

/** What may be left to do of a database that is whole. */
export async function finishBuilding(folder: string): Promise<void> {
  await rm(join(folder, UNFINISHED), { recursive: true, force: true });
  await syncPath(folder);
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
