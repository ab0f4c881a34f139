import { existsSync } from 'node:fs';
import { readdir, readlink } from 'node:fs/promises';
import { sep } from 'node:path';

const DESCRIPTORS = '/proc/self/fd';

/** Whether this system can list the open files of a process. */
export const canSeeOpenFiles = existsSync(DESCRIPTORS);

/** How many files below a folder this process has open. */
export async function countOpenFiles(folder: string): Promise<number> {
  const names = await readdir(DESCRIPTORS);
  const paths = await Promise.all(
    // A file may be closed meanwhile.
    names.map((name) => readlink(`${DESCRIPTORS}/${name}`).catch(() => '')),
  );
  return paths.filter((path) => path.startsWith(folder + sep)).length;
}
