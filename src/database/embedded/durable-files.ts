import { fsyncSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
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

// A relation's file, or a further gigabyte of it, its maps, or one of a temporary table
// [PostgreSQL, Database File Layout].
const RELATION_FILE = /^(?:t\d+_)?(\d+)(?:_(?:fsm|vm|init))?(?:\.\d+)?$/;

/**
 * Removes files that belong to no table and no index. PostgreSQL leaves them where a process dies while it
 * writes a table anew, or sorts: they have rows in them, take room, and nothing clears them when those
 * rows are erased.
 *
 * @param pglite with no transaction under way
 * @param folder of the database
 */
export async function removeCrashLeftovers(pglite: PGlite, folder: string): Promise<void> {
  await rm(join(folder, 'base', 'pgsql_tmp'), { recursive: true, force: true });
  const { rows } = await pglite.query<{ oid: number; nodes: string[] }>(`
    SELECT oid,
      ARRAY(SELECT pg_relation_filenode(oid)::text FROM pg_class
        WHERE pg_relation_filenode(oid) IS NOT NULL) AS nodes
    FROM pg_database WHERE datname = current_database()`);
  const [database] = rows;
  if (database === undefined) throw new Error('The embedded database does not know itself');
  const known = new Set(database.nodes);
  const place = join(folder, 'base', String(database.oid));
  for (const name of await readdir(place)) {
    const [, node] = RELATION_FILE.exec(name) ?? [];
    if (node !== undefined && !known.has(node)) await rm(join(place, name));
  }
}
