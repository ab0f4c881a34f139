import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { PGlite } from '@electric-sql/pglite';

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
