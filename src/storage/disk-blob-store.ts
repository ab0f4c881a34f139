import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, constants, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { Disk } from 'flydrive';
import type { BlobStore } from './blob-store.ts';
import { DurableFsDriver } from './durable-fs-driver.ts';

// Inside the store's folder, because only within one file system is a rename atomic.
const SCRATCH = 'incoming';

/** Blobs as files under one folder. */
export async function createDiskBlobStore(folder: string): Promise<BlobStore> {
  const disk = new Disk(new DurableFsDriver({ location: folder, visibility: 'private' }));
  const scratchFolder = join(folder, SCRATCH);
  await mkdir(scratchFolder, { recursive: true, mode: 0o700 });

  async function removeScratch(which: (name: string) => Promise<boolean>): Promise<void> {
    for (const name of await readdir(scratchFolder)) {
      if (!(await which(name))) continue;
      await rm(join(scratchFolder, name), { recursive: true, force: true });
    }
  }

  return {
    scratchPath: (owner) => join(scratchFolder, `${owner}-${randomBytes(8).toString('hex')}`),
    adopt: (scratchPath, key) => disk.move(relative(folder, scratchPath), key),
    async open(key, range) {
      // Opened before the answer's headers are sent, so that a missing file can still be an error.
      const path = join(folder, key);
      await access(path, constants.R_OK);
      return createReadStream(path, range);
    },
    withLocalFile: (key, use) => use(join(folder, key)),
    remove: (key) => disk.delete(key),
    discard(ownerOrPath) {
      const owner = basename(ownerOrPath);
      return removeScratch(async (name) => name === owner || name.startsWith(`${owner}-`));
    },
    sweepScratch: (olderThanMs) =>
      removeScratch(async (name) => {
        const info = await stat(join(scratchFolder, name)).catch(() => undefined);
        return info !== undefined && Date.now() - info.mtimeMs > olderThanMs;
      }),
    checkWritable: () => access(scratchFolder, constants.W_OK),
  };
}
