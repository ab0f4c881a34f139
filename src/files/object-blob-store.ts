import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { shareForASecond } from '../lifecycle/share-results.ts';
import type { BlobStore, Scratch } from './blob-store.ts';
import { BlobStoreError } from './blob-store-error.ts';
import type { S3Store } from './s3/s3-store.ts';

/**
 * Blobs on a disk and in buckets: each key says where its file is.
 *
 * @param disk keeps the scratch files, and the files whose key has no scheme
 * @param target where new files go; undefined for the disk
 * @param former buckets whose files are read and removed as well
 */
export function createObjectBlobStore(
  disk: BlobStore,
  target: S3Store | undefined,
  former: readonly S3Store[],
): BlobStore {
  const stores = target === undefined ? former : [target, ...former];

  /** @throws BlobStoreError when no configured store has the key: the file is not lost, but out of reach */
  function storeOf(key: string): S3Store | null {
    if (!hasScheme(key)) return null;
    const found = stores
      .filter(({ keyStart }) => key.startsWith(keyStart))
      .sort((a, b) => b.keyStart.length - a.keyStart.length)[0];
    if (found !== undefined) return found;
    const [, start = 'another store'] = /^(\w+:\/\/[^/]+)/.exec(key) ?? [];
    throw new BlobStoreError(
      'UnknownStore',
      `The file is in ${start}, which this process does not know: name it in BLOB_STORE_FORMER_URLS`,
    );
  }

  async function withCopy<T>(
    store: S3Store,
    key: string,
    use: (path: string) => Promise<T>,
  ): Promise<T> {
    // Named after the blob, so that a deletion of the blob finds it.
    const path = disk.scratchPath(basename(key));
    try {
      await store.download(key, path);
      return await use(path);
    } finally {
      await disk.discard(path);
    }
  }

  /** Tries to write to the configured bucket once the last upload has failed, or before the first one. */
  const checkTarget = shareForASecond(async () => {
    if (target === undefined) return;
    if (!target.isFailing()) return target.ping();
    await tryOut(disk, target);
  });

  return {
    ...disk,
    newKey: (path) => (target === undefined ? path : target.keyStart + path),
    async adopt(scratchPath, key) {
      const store = storeOf(key);
      if (store === null) return disk.adopt(scratchPath, key);
      await store.upload(scratchPath, key);
      await disk.discard(scratchPath);
    },
    isLocal: (key) => !hasScheme(key),
    async withLocalFile(key, use) {
      const store = storeOf(key);
      return store === null ? disk.withLocalFile(key, use) : withCopy(store, key, use);
    },
    openRange: async (key, range) => (storeOf(key) ?? disk).openRange(key, range),
    openFile: async (key) => (storeOf(key) ?? disk).openFile(key),
    signedUrl: async (key, headers) => (storeOf(key) ?? disk).signedUrl(key, headers),
    requireReadable: async (key) => (storeOf(key) ?? disk).requireReadable(key),
    remove: async (key) => (storeOf(key) ?? disk).remove(key),
    async *list() {
      for (const { list } of [disk, ...stores]) yield* list();
    },
    async checkRoom() {
      await disk.checkRoom();
      if (target?.isFailing()) await checkTarget();
    },
    async checkWritable() {
      await disk.checkWritable();
      await checkTarget();
    },
    close() {
      for (const store of [disk, ...stores]) store.close();
    },
  };
}

function hasScheme(key: string): boolean {
  return key.includes('://');
}

/**
 * Writes a small object, reads it back and removes it.
 *
 * @returns why it could not be removed; null when it is gone
 * @throws BlobStoreError when it could not be written or read
 */
export async function tryOut(scratch: Scratch, store: S3Store): Promise<BlobStoreError | null> {
  const path = scratch.scratchPath('check');
  try {
    await writeFile(path, 'writable?');
    return await store.tryOut(path);
  } finally {
    await scratch.discard(path);
  }
}
