import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Every file under a folder that contains any of these byte sequences. */
export async function findBytes(folder: string, ...needles: Buffer[]): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await unlessGone(readdir(folder, { withFileTypes: true }), [])) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...(await findBytes(path, ...needles)));
    if (!entry.isFile()) continue;
    const content = await unlessGone(readFile(path), Buffer.alloc(0));
    if (needles.some((needle) => content.includes(needle))) found.push(path);
  }
  return found;
}

/** A running server removes files and folders while they are listed. */
function unlessGone<T>(task: Promise<T>, instead: T): Promise<T> {
  return task.catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return instead;
    throw error;
  });
}
