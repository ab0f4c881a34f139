import {
  access,
  constants,
  mkdir,
  open,
  opendir,
  readdir,
  rename,
  rm,
  rmdir,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Disk } from 'flydrive';
import { FSDriver } from 'flydrive/drivers/fs';
import type { FSDriverOptions } from 'flydrive/drivers/fs/types';
import { codeOf } from '../errors/caught.ts';
import { shareForASecond } from '../lifecycle/share-results.ts';
import type { BlobStore } from './blob-store.ts';
import { RESERVED_BYTES, requireRoom, spareBytes } from './disk-space.ts';
import { newFileName } from './file-names.ts';
import { createFolderSync, type FolderSync } from './folder-sync.ts';
import { makeFolder } from './folders.ts';

// Inside the store's folder, because a rename is atomic only within one file system.
const SCRATCH = 'incoming';

/**
 * Blobs as files under one folder.
 *
 * @param writerId is part of the names of the files that this process writes
 */
export async function createDiskBlobStore(
  folder: string,
  writerId: () => string,
): Promise<BlobStore> {
  const disk = new Disk(new DurableFsDriver({ location: folder, visibility: 'private' }));
  const scratchFolder = join(folder, SCRATCH);
  await makeFolder(scratchFolder);

  const newName = (owner: string) => newFileName(owner, writerId());

  const checkRoom = async () => {
    await access(scratchFolder, constants.W_OK);
    await requireRoom(folder, RESERVED_BYTES);
  };
  const checkRoomOften = shareForASecond(checkRoom);

  return {
    newName,
    newKey: (path) => path,
    scratchPath: (owner) => join(scratchFolder, newName(owner)),
    adopt: (scratchPath, key) => disk.move(relative(folder, scratchPath), key),
    isLocal: () => true,
    withLocalFile: (key, use) => use(join(folder, key)),
    async openRange(key, range) {
      const file = await open(join(folder, key));
      return file.createReadStream(range);
    },
    async openFile(key) {
      const file = await open(join(folder, key));
      return { bytes: file.createReadStream(), storedSha256: null };
    },
    signedUrl: async () => null,
    async requireReadable(key) {
      const file = await open(join(folder, key));
      await file.close();
    },
    remove: (key) => disk.delete(key),
    async discard(ownerOrPath) {
      if (isAbsolute(ownerOrPath)) return removeScratch(ownerOrPath);
      const owner = basename(ownerOrPath);
      for (const name of await readdir(scratchFolder)) {
        const isOwn = name === owner || name.startsWith(`${owner}-`);
        if (isOwn) await removeScratch(join(scratchFolder, name));
      }
    },
    scratchNames: () => readdir(scratchFolder),
    async *list() {
      for await (const entry of await opendir(folder, { recursive: true })) {
        const path = join(entry.parentPath, entry.name);
        const key = relative(folder, path).replaceAll(sep, '/');
        if (entry.isFile() && !key.startsWith(`${SCRATCH}/`)) yield key;
      }
    },
    checkRoom: checkRoomOften,
    checkRoomFor: (bytes) => requireRoom(folder, RESERVED_BYTES + bytes),
    async checkSpareRoom(bytes) {
      await access(scratchFolder, constants.W_OK);
      await requireRoom(folder, (await spareBytes(folder)) + bytes);
    },
    async checkWritable() {
      await checkRoom();
      // Written and moved like a blob, so that a full or read-only disk is noticed.
      const path = join(scratchFolder, newName('check'));
      const key = `blobs/${basename(path)}`;
      try {
        await writeFile(path, 'writable?', { flush: true });
        await disk.move(relative(folder, path), key);
      } finally {
        await rm(path, { force: true });
        await rm(join(folder, key), { force: true });
      }
    },
    close: () => undefined,
  };
}

/** Removes a file, or a folder, which is usually empty. */
async function removeScratch(path: string): Promise<void> {
  try {
    await rmdir(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    // Retries, because another process may write into the folder while it is being removed.
    await rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  }
}

/**
 * flydrive's file system driver with atomic, crash-safe moves and deletes: flydrive copies and unlinks,
 * here a move of a synced file is a rename and fsync of the folders.
 */
class DurableFsDriver extends FSDriver {
  readonly #root: string;
  readonly #sync: FolderSync;

  constructor(options: FSDriverOptions) {
    super(options);
    const { location } = options;
    this.#root = resolve(typeof location === 'string' ? location : fileURLToPath(location));
    this.#sync = createFolderSync(this.#root);
  }

  override async move(source: string, destination: string): Promise<void> {
    const from = join(this.#root, source);
    const to = join(this.#root, destination);
    try {
      await rename(from, to);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
      // The first file of a folder.
      await mkdir(dirname(to), { recursive: true, mode: 0o700 });
      await rename(from, to);
    }
    await this.#sync.whole(dirname(to));
  }

  override async delete(key: string): Promise<void> {
    const path = join(this.#root, key);
    await rm(path, { force: true });
    await this.#sync.entries(dirname(path)).catch((error: unknown) => {
      if (codeOf(error) !== 'ENOENT') throw error;
    });
  }
}
