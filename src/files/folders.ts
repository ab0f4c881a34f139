import { mkdir, mkdtemp, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import pTimeout from 'p-timeout';
import { AppError } from '../errors/app-error.ts';
import { codeOf, unlessGone } from '../errors/caught.ts';
import { syncPath } from './folder-sync.ts';

/**
 * Creates a folder and its missing parents, one at a time from the top, each synced: Node's own `recursive`
 * never ends when the parent exists and refuses with ENOENT, as `/proc` does.
 *
 * @param folder absolute
 * @throws ErrnoException; ENOTDIR when a file is in the way
 */
export async function makeFolder(folder: string): Promise<void> {
  if (await isFolder(folder)) return;
  await makeFolder(dirname(folder));
  try {
    await mkdir(folder, { mode: 0o700 });
    await syncPath(dirname(folder));
  } catch (error) {
    // Another process may have created it first.
    if (codeOf(error) !== 'EEXIST' || !(await isFolder(folder))) throw error;
  }
}

async function isFolder(path: string): Promise<boolean> {
  const info = await unlessGone(stat(path));
  if (info !== undefined && !info.isDirectory()) {
    throw Object.assign(new Error(`${path} is a file, not a folder`), { code: 'ENOTDIR' });
  }
  return info !== undefined;
}

/** The configured folders, as absolute paths. */
interface FolderOptions {
  dataDir: string;
  blobFolder: string;
  /** Undefined for the embedded database. */
  databaseUrl: string | undefined;
  roles: readonly string[];
}

const REASONS: Record<string, string> = {
  ENOENT: 'it cannot be created there',
  ENOTDIR: 'a file exists at this path or above it',
  EACCES: 'this process may not write there',
  EPERM: 'this process may not write there',
  EROFS: 'its file system is read-only',
  ETIMEDOUT: 'its file system does not answer',
};

/**
 * Creates the configured folders and checks that they are writable, before anything else starts, so that a
 * problem is reported at once and with the name of its variable. A full disk is not reported here, but by the
 * code that writes.
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

// A disk that is there takes milliseconds; a network share that is gone may never answer.
const FOLDER_MS = 4000;

async function requireFolder(variable: string, named: string, folder: string): Promise<void> {
  try {
    await pTimeout(tryFolder(folder), {
      milliseconds: FOLDER_MS,
      message: Object.assign(new Error('it does not answer'), { code: 'ETIMEDOUT' }),
    });
  } catch (cause) {
    const code = codeOf(cause) ?? 'unknown';
    if (code === 'ENOSPC' || code === 'EDQUOT') return;
    throw new AppError(
      'unavailable',
      `The folder ${folder} (${variable} is ${named}) cannot be used: ${REASONS[code] ?? 'it cannot be written'} ` +
        `(${code}). Set ${variable} to a folder that this process can create or write to.`,
      { cause },
    );
  }
}

async function tryFolder(folder: string): Promise<void> {
  await makeFolder(folder);
  await rmdir(await mkdtemp(join(folder, 'check-')));
}
