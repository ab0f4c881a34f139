import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BlobStore } from '../../src/files/blob-store.ts';
import { openBlobStore } from '../../src/files/open-blob-store.ts';
import { parseS3Url } from '../../src/files/s3/s3-location.ts';
import { createLogger } from '../../src/monitoring/logger.ts';
import type { TestInbox } from './test-inbox.ts';

type Place = Pick<TestInbox, 'dataDir'> & { s3Url?: string | undefined };

/** Opens the store of an inbox, wherever its files are, for as long as `use` runs. */
async function withStore<T>(
  { dataDir, s3Url }: Place,
  use: (blobs: BlobStore) => Promise<T>,
): Promise<T> {
  const s3 = s3Url === undefined ? undefined : parseS3Url(s3Url);
  const blobFolder = join(dataDir, 'blobs');
  const blobs = await openBlobStore(
    { blobFolder, s3, formerS3: [] },
    () => '0'.repeat(12),
    createLogger('silent'),
  );
  try {
    return await use(blobs);
  } finally {
    blobs.close();
  }
}

async function keysOf(blobs: BlobStore): Promise<string[]> {
  const keys: string[] = [];
  for await (const key of blobs.list()) keys.push(key);
  return keys;
}

/** The keys of all files of an inbox, and the names of its scratch files. */
export function storedFiles(place: Place): Promise<string[]> {
  return withStore(place, async (blobs) => {
    const scratch = await readdir(join(place.dataDir, 'blobs', 'incoming'), { recursive: true });
    return [...(await keysOf(blobs)), ...scratch];
  });
}

/** Removes the files whose key matches, as somebody does who cleans up in the wrong place. @returns how many */
export function removeStoredFiles(place: Place, matching: RegExp): Promise<number> {
  return withStore(place, async (blobs) => {
    const keys = (await keysOf(blobs)).filter((key) => matching.test(key));
    for (const key of keys) await blobs.remove(key);
    return keys.length;
  });
}

/** The keys of the objects that contain any of these bytes; none when the files are on the disk. */
export async function findInBucket(place: Place, needles: readonly Buffer[]): Promise<string[]> {
  if (place.s3Url === undefined) return [];
  return withStore(place, async (blobs) => {
    const found: string[] = [];
    for await (const key of blobs.list()) {
      const bytes = await blobs.withLocalFile(key, (path) => readFile(path));
      if (needles.some((needle) => bytes.includes(needle))) found.push(key);
    }
    return found;
  });
}
