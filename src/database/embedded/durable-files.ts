import { fsyncSync } from 'node:fs';
import type { PGlite } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';

/** What this file needs of Emscripten's file system, which PGlite's types leave out. */
interface Emscripten {
  NODEFS: { stream_ops: { fsync?: (stream: { nfd: number }) => number } };
}

// WASI's number of it. PostgreSQL ends itself where a sync fails; an exception would only go past it.
const EIO = 29;

/**
 * The folder of an embedded database, with the sync that Emscripten's NODEFS lacks. It is there before
 * PostgreSQL starts: what recovery writes counts as synced when its checkpoint is written.
 */
export class DurableFiles extends NodeFS {
  /** How many times the operating system was asked to sync a file or a folder. */
  syncCount = 0;
  /** Whether a sync has failed, once or more. */
  hasFailed = false;

  override async init(pglite: PGlite, options: Parameters<NodeFS['init']>[1]) {
    const addSync = (module: unknown) => {
      (module as Emscripten).NODEFS.stream_ops.fsync = ({ nfd }) => this.#sync(nfd);
    };
    const preRun = [...(options.preRun ?? []), addSync];
    return super.init(pglite, { ...options, preRun });
  }

  #sync(file: number): number {
    try {
      fsyncSync(file);
    } catch {
      this.hasFailed = true;
      return EIO;
    }
    this.syncCount += 1;
    return 0;
  }
}
