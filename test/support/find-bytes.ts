import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Every file under a folder that holds any of these bytes anywhere. */
export async function findBytes(folder: string, ...needles: Buffer[]): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const content = await readFile(path);
    if (needles.some((needle) => content.includes(needle))) found.push(path);
  }
  return found;
}
