import { join, relative, resolve, sep } from 'node:path';

/**
 * What is wrong with a blob folder beside a data folder: whoever cleans up or moves the one must not meet
 * what belongs to the other.
 *
 * @returns what it needs instead; null when it is fine
 */
export function wrongBlobFolder(blobFolder: string, dataDir: string): string | null {
  const [blobs, data] = [resolve(blobFolder), resolve(dataDir)];
  if (isWithin(data, blobs)) return 'a folder that neither is nor contains DATA_DIR';
  for (const taken of ['spool', 'database']) {
    if (isWithin(blobs, join(data, taken))) return `a folder outside DATA_DIR/${taken}`;
  }
  return null;
}

function isWithin(path: string, folder: string): boolean {
  const [first] = relative(folder, path).split(sep);
  return first !== '..';
}
