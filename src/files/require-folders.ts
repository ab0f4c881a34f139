import { mkdtemp, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import { AppError } from '../errors/app-error.ts';
import { makeFolder } from './make-folder.ts';

type Needed = Pick<Config, 'dataDir' | 'blobFolder' | 'databaseUrl' | 'roles'>;

const REASONS: Record<string, string> = {
  ENOENT: 'it cannot be made there',
  ENOTDIR: 'a file is in its place, or above it',
  EACCES: 'this process may not write there',
  EPERM: 'this process may not write there',
  EROFS: 'its file system is read-only',
};

/**
 * Makes the folders that the operator has named, and tries whether they can be written: before anything
 * else is begun, so that what is wrong is told at once and by the name of its variable. A full disk is
 * left to whoever needs the room.
 *
 * @throws AppError `unavailable`
 */
export async function requireFolders(config: Needed): Promise<void> {
  const { dataDir, blobFolder, databaseUrl, roles } = config;
  if (databaseUrl === undefined) await requireFolder('DATA_DIR', dataDir, dataDir);
  if (roles.includes('receiver')) {
    await requireFolder('DATA_DIR', dataDir, join(dataDir, 'spool'));
  }
  const isOwn = blobFolder !== join(dataDir, 'blobs');
  const [variable, named] = isOwn ? ['BLOB_STORE_URL', blobFolder] : ['DATA_DIR', dataDir];
  await requireFolder(variable, named, join(blobFolder, 'incoming'));
}

async function requireFolder(variable: string, named: string, folder: string): Promise<void> {
  try {
    await makeFolder(folder);
    await rmdir(await mkdtemp(join(folder, 'check-')));
  } catch (cause) {
    const { code = 'unknown' } = cause as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT') return;
    throw new AppError(
      'unavailable',
      `The folder ${folder} (${variable} is ${named}) cannot be used: ${REASONS[code] ?? 'it cannot be written'} ` +
        `(${code}). Set ${variable} to a folder that this process can make or write.`,
      { cause },
    );
  }
}
