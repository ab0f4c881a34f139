import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Every file under a folder that holds these bytes anywhere. */
export async function findBytes(folder: string, bytes: Buffer): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    if ((await readFile(path)).includes(bytes)) found.push(path);
  }
  return found;
}
