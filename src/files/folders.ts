import { mkdir, mkdtemp, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '../errors/app-error.ts';
import { codeOf } from '../errors/caught.ts';
import { syncPath } from './folder-sync.ts';

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
    if (codeOf(error) !== 'EEXIST' || !(await isFolder(folder))) throw error;
  }
}

async function isFolder(path: string): Promise<boolean> {
  const info = await stat(path).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (info !== undefined && !info.isDirectory()) {
    throw Object.assign(new Error(`${path} is a file, not a folder`), { code: 'ENOTDIR' });
  }
  return info !== undefined;
}

/** Where the operator wants files to be; the folders are absolute. */
interface FolderOptions {
  dataDir: string;
  blobFolder: string;
  /** Undefined for the embedded database. */
  databaseUrl: string | undefined;
  roles: readonly string[];
}

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
export async function requireFolders(config: FolderOptions): Promise<void> {
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
    const code = codeOf(cause) ?? 'unknown';
    if (code === 'ENOSPC' || code === 'EDQUOT') return;
    throw new AppError(
      'unavailable',
      `The folder ${folder} (${variable} is ${named}) cannot be used: ${REASONS[code] ?? 'it cannot be written'} ` +
        `(${code}). Set ${variable} to a folder that this process can make or write.`,
      { cause },
    );
  }
}
