import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Every file under a folder that holds any of these bytes anywhere. */
export async function findBytes(folder: string, ...needles: Buffer[]): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    // A server at work removes files while they are listed.
    const content = await readFile(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return Buffer.alloc(0);
      throw error;
    });
    if (needles.some((needle) => content.includes(needle))) found.push(path);
  }
  return found;
}
