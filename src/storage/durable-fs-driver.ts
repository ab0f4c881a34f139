import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FSDriver } from 'flydrive/drivers/fs';
import type { FSDriverOptions } from 'flydrive/drivers/fs/types';
import { syncPath } from './sync-path.ts';

/**
 * flydrive's file system driver, with moves and deletes that a crash cannot undo or halve: flydrive
 * copies and unlinks, here a move is fsync, rename and fsync of the folders.
 */
export class DurableFsDriver extends FSDriver {
  readonly #root: string;
  /** Folders that are on disk together with all above them. */
  readonly #durable = new Set<string>();

  constructor(options: FSDriverOptions) {
    super(options);
    const { location } = options;
    this.#root = typeof location === 'string' ? location : fileURLToPath(location);
  }

  override async move(source: string, destination: string): Promise<void> {
    const from = join(this.#root, source);
    const to = join(this.#root, destination);
    await syncPath(from);
    await mkdir(dirname(to), { recursive: true, mode: 0o700 });
    await rename(from, to);
    await this.#syncFolder(dirname(to));
  }

  /** Its entries, and its own entry in the folders above, unless this process has seen to those. */
  async #syncFolder(folder: string): Promise<void> {
    await syncPath(folder);
    if (this.#durable.has(folder)) return;
    for (let above = dirname(folder); above.startsWith(this.#root); above = dirname(above)) {
      await syncPath(above);
    }
    this.#durable.add(folder);
  }

  override async delete(key: string): Promise<void> {
    const path = join(this.#root, key);
    await rm(path, { force: true });
    await syncPath(dirname(path)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
  }
}
