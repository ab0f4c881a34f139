import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../errors/app-error.ts';
import { asError, codeOf } from '../errors/caught.ts';

/** Something in the folder that is not imported. */
export interface ImportProblem {
  path: string;
  problem: string;
}

/** What a folder holds for an import. */
export interface ImportFiles {
  /** Regular files of the folder and those below it, in the order of their names. */
  files: string[];
  /** Files and folders whose names begin with a dot; what is in such folders is not counted. */
  hidden: number;
  /** Symbolic links: they are not followed, so there are no loops and nothing from elsewhere. */
  links: number;
  /** Folders that could not be read, and what is neither a file nor a folder. */
  problems: ImportProblem[];
}

/**
 * Lists the files of a folder, with those of the folders below it. The folder itself may be a link.
 *
 * @throws AppError `not_found` when the folder itself cannot be read
 */
export async function findImportFiles(folder: string): Promise<ImportFiles> {
  const found: ImportFiles = { files: [], hidden: 0, links: 0, problems: [] };
  const entries = await readdir(folder, { withFileTypes: true }).catch((error) => {
    throw new AppError('not_found', `${folder} ${unreadable(error)}.`, { cause: error });
  });
  await addEntries(found, folder, entries);
  return found;
}

async function addEntries(found: ImportFiles, folder: string, entries: Dirent[]): Promise<void> {
  const inOrder = entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of inOrder) {
    const path = join(folder, entry.name);
    if (entry.name.startsWith('.')) found.hidden += 1;
    else if (entry.isSymbolicLink()) found.links += 1;
    else if (entry.isFile()) found.files.push(path);
    else if (entry.isDirectory()) await addFolder(found, path);
    else found.problems.push({ path, problem: 'is neither a file nor a folder' });
  }
}

async function addFolder(found: ImportFiles, path: string): Promise<void> {
  try {
    await addEntries(found, path, await readdir(path, { withFileTypes: true }));
  } catch (error) {
    found.problems.push({ path, problem: unreadable(error) });
  }
}

/** What the file system's error means for who runs the command. */
export function unreadable(error: unknown): string {
  const code = codeOf(error);
  if (code === 'EACCES' || code === 'EPERM') return 'may not be read';
  if (code === 'ENOENT') return 'is not there';
  if (code === 'ENOTDIR') return 'is not a folder';
  return `cannot be read (${code ?? asError(error).message})`;
}
