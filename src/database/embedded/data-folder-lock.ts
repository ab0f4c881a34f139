import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../errors/app-error.ts';
import { makeFolder } from '../../files/make-folder.ts';

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
