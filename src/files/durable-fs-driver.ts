import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FSDriver } from 'flydrive/drivers/fs';
import type { FSDriverOptions } from 'flydrive/drivers/fs/types';
import { createFolderSync, type FolderSync } from './folder-sync.ts';
import { syncPath } from './sync-path.ts';

/**
 * flydrive's file system driver, with moves and deletes that a crash cannot undo or halve: flydrive
 * copies and unlinks, here a move is fsync, rename and fsync of the folders.
 */
export class DurableFsDriver extends FSDriver {
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
    await syncPath(from);
    await mkdir(dirname(to), { recursive: true, mode: 0o700 });
    await rename(from, to);
    await this.#sync.whole(dirname(to));
  }

  override async delete(key: string): Promise<void> {
    const path = join(this.#root, key);
    await rm(path, { force: true });
    await this.#sync.entries(dirname(path)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
  }
}
