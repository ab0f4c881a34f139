import { fsyncSync } from 'node:fs';
import { readdir, realpath, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';
import { AppError } from '../../errors/app-error.ts';
import { asError } from '../../errors/caught.ts';
import { freeBytes } from '../../files/disk-space.ts';
import { buildDatabase, finishBuilding, hasDatabase } from './data-folder.ts';
import { throwAfterDeath } from './embedded-death.ts';
import { EXTENSIONS } from './extensions.ts';

interface DurablePglite {
  pglite: PGlite;
  /** The number of syncs of database files since the start. */
  syncCount(): number;
  /** @throws Error when the final sync failed */
  close(): Promise<void>;
}

// PGlite starts PostgreSQL with -F (fsync off). Of the sync methods only `fsync` reaches the file system
// layer below; `fdatasync` is accepted and does nothing. Old WAL files are removed instead of recycled,
// because they may contain erased data. 16 MB of shared buffers instead of 128 MB keep resident memory
// near 255 MB.
const START_PARAMS = [
  ...PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'),
  ...['-c', 'fsync=on', '-c', 'wal_sync_method=fsync', '-c', 'shared_buffers=16MB'],
  ...['-c', 'wal_recycle=off'],
  // A rewritten table is synced as a file and not logged in the WAL as well: that would take as much space
  // again, and recovery after a kill would read it.
  ...['-c', 'wal_level=minimal', '-c', 'max_wal_senders=0'],
  // ANALYZE samples 6,000 rows of a table instead of 30,000, because it blocks other statements.
  ...['-c', 'default_statistics_target=20'],
];

const MIB = 1024 ** 2;
// Two WAL files, which recovery may need first.
const START_BYTES = 32 * MIB;

/** The folder of the embedded database in `DATA_DIR`; it is created by the first start. */
export function embeddedFolder(dataDir: string): string {
  return join(dataDir, 'database');
}

/**
 * Opens PostgreSQL in WebAssembly on a folder, with durable commits.
 *
 * @param folder database files; created when missing (first start about 3 s)
 * @throws AppError `unavailable` when it does not start; Error when a commit is not synced, because a 200
 *   would promise a durability that does not exist
 */
export async function openDurablePglite(folder: string): Promise<DurablePglite> {
  const { pglite, files } = await open(folder);
  throwAfterDeath(pglite);
  await removeCrashLeftovers(pglite, folder);

  const before = files.syncCount;
  await pglite.exec(
    'CREATE TABLE IF NOT EXISTS durability_check (started_at timestamptz);' +
      'TRUNCATE durability_check; INSERT INTO durability_check VALUES (now());' +
      'DROP TABLE durability_check;',
  );
  if (files.syncCount === before) {
    await pglite.close();
    throw new Error(
      'The embedded database does not sync its commits to disk on this system, so nothing it ' +
        'acknowledges would be safe. Set DATABASE_URL to a PostgreSQL server.',
    );
  }
  return { pglite, syncCount: () => files.syncCount, close: () => close({ pglite, files }) };
}

interface Started {
  pglite: PGlite;
  files: DurableFiles;
}

async function open(folder: string): Promise<Started> {
  try {
    if (await hasDatabase(folder)) await finishBuilding(folder);
    else await buildDatabase(folder, async (place) => close(await start(place)));
    // Emscripten's NODEFS does not accept a symbolic link as its root folder.
    return await start(await realpath(folder));
  } catch (cause) {
    const free = await freeBytes(dirname(folder)).catch(() => Number.POSITIVE_INFINITY);
    const why =
      free < START_BYTES
        ? `its disk has ${Math.floor(free / MIB)} MiB left, and it needs ${START_BYTES / MIB}`
        : 'check the disk and the permissions of its folder, or restore a backup';
    const { message } = asError(cause);
    throw new AppError(
      'unavailable',
      `The embedded database does not start: ${why}. The error is: ${message}`,
      { cause },
    );
  }
}

async function start(folder: string): Promise<Started> {
  const files = new DurableFiles(folder);
  return {
    pglite: await PGlite.create({
      fs: files,
      startParams: START_PARAMS,
      extensions: EXTENSIONS,
    }),
    files,
  };
}

/** @throws Error when its last checkpoint was not synced, which PGlite ignores */
async function close({ pglite, files }: Started): Promise<void> {
  await pglite.close();
  if (files.hasFailed) throw new Error('The disk of the embedded database has failed to sync');
}

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
class DurableFiles extends NodeFS {
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
async function removeCrashLeftovers(pglite: PGlite, folder: string): Promise<void> {
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
