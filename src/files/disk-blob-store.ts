import { access, constants, opendir, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { Disk } from 'flydrive';
import type { BlobStore } from './blob-store.ts';
import { RESERVED_BYTES, requireRoom } from './disk-space.ts';
import { DurableFsDriver } from './durable-fs-driver.ts';
import { newFileName } from './file-names.ts';
import { makeFolder } from './make-folder.ts';

// Inside the store's folder, because only within one file system is a rename atomic.
const SCRATCH = 'incoming';

/**
 * Blobs as files under one folder.
 *
 * @param writerId stands in the names of what this process writes
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

  return {
    newName,
    scratchPath: (owner) => join(scratchFolder, newName(owner)),
    adopt: (scratchPath, key) => disk.move(relative(folder, scratchPath), key),
    withLocalFile: (key, use) => use(join(folder, key)),
    remove: (key) => disk.delete(key),
    async discard(ownerOrPath) {
      const owner = basename(ownerOrPath);
      for (const name of await readdir(scratchFolder)) {
        if (name !== owner && !name.startsWith(`${owner}-`)) continue;
        // Again where somebody writes into a folder that is being removed.
        const again = { maxRetries: 5, retryDelay: 50 };
        await rm(join(scratchFolder, name), { recursive: true, force: true, ...again });
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
    checkRoom,
    async checkWritable() {
      await checkRoom();
      // Written and moved as a blob is: what is full or read-only shows here.
      const path = join(scratchFolder, newName('check'));
      const key = `blobs/${basename(path)}`;
      try {
        await writeFile(path, 'writable?');
        await disk.move(relative(folder, path), key);
      } finally {
        await rm(path, { force: true });
        await rm(join(folder, key), { force: true });
      }
    },
  };
}
