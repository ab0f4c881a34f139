import { randomBytes } from 'node:crypto';
import { access, constants, mkdir, opendir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { Disk } from 'flydrive';
import type { BlobStore } from './blob-store.ts';
import { RESERVED_BYTES, requireRoom } from './disk-room.ts';
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

  const checkRoom = async () => {
    await access(scratchFolder, constants.W_OK);
    await requireRoom(folder, RESERVED_BYTES);
  };

  return {
    scratchPath: (owner) => join(scratchFolder, `${owner}-${randomBytes(8).toString('hex')}`),
    adopt: (scratchPath, key) => disk.move(relative(folder, scratchPath), key),
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
    async *list() {
      for await (const entry of await opendir(folder, { recursive: true })) {
        const path = join(entry.parentPath, entry.name);
        const key = relative(folder, path).replaceAll(sep, '/');
        if (!entry.isFile() || key.startsWith(`${SCRATCH}/`)) continue;
        const info = await stat(path).catch(() => undefined);
        if (info !== undefined) yield { key, writtenAt: info.mtime };
      }
    },
    checkRoom,
    async checkWritable() {
      await checkRoom();
      // Written and moved as a blob is: what is full or read-only shows here.
      const path = join(scratchFolder, `check-${randomBytes(8).toString('hex')}`);
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
