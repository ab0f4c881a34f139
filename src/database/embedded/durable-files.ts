import { fsyncSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { PGlite } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';

/** The part of Emscripten's file system that is used here and missing from PGlite's types. */
interface Emscripten {
  NODEFS: { stream_ops: { fsync?: (stream: { nfd: number }) => number } };
}

// WASI's errno. PostgreSQL panics when a sync returns an error; an exception would bypass that.
const EIO = 29;

/**
 * The folder of an embedded database, with the fsync that Emscripten's NODEFS lacks. It is installed before
 * PostgreSQL starts, because PostgreSQL considers the writes of recovery synced after their checkpoint.
 */
export class DurableFiles extends NodeFS {
  /** The number of successful syncs of files or folders. */
  syncCount = 0;
  /** Whether any sync has failed. */
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

// A relation's file, a further 1 GB segment or a fork of it, or the file of a temporary table
// [PostgreSQL, Database File Layout].
const RELATION_FILE = /^(?:t\d+_)?(\d+)(?:_(?:fsm|vm|init))?(?:\.\d+)?$/;

/**
 * Removes files that belong to no table and no index. PostgreSQL leaves them when a process dies while it
 * rewrites a table or sorts: they contain rows, take space, and are not purged when those rows are erased.
 *
 * @param pglite without an open transaction
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
  if (database === undefined) throw new Error('The embedded database is missing from pg_database');
  const known = new Set(database.nodes);
  const place = join(folder, 'base', String(database.oid));
  for (const name of await readdir(place)) {
    const [, node] = RELATION_FILE.exec(name) ?? [];
    if (node !== undefined && !known.has(node)) await rm(join(place, name));
  }
}
