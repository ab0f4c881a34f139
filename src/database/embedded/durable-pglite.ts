import { realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { AppError } from '../../errors/app-error.ts';
import { asError } from '../../errors/caught.ts';
import { freeBytes } from '../../files/disk-space.ts';
import { buildDatabase, finishBuilding, hasDatabase } from './data-folder.ts';
import { DurableFiles, removeCrashLeftovers } from './durable-files.ts';
import { throwAfterDeath } from './embedded-death.ts';

interface DurablePglite {
  pglite: PGlite;
  /** How many times the operating system was asked to sync a database file since the start. */
  syncCount(): number;
  /** @throws Error when what was to be synced at the end was not */
  close(): Promise<void>;
}

// PGlite starts PostgreSQL with -F (fsync off). Of the sync methods only `fsync` reaches the file
// system layer below; `fdatasync` is accepted and does nothing. Old log files are removed and not used
// again: what was erased must not live on in them. 16 MB of shared buffers instead of
// 128 MB keep resident memory near 255 MB.
const START_PARAMS = [
  ...PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'),
  ...['-c', 'fsync=on', '-c', 'wal_sync_method=fsync', '-c', 'shared_buffers=16MB'],
  ...['-c', 'wal_recycle=off'],
  // A table that is written anew is synced as a file and is not in the log, too: that would take as much
  // room again, and the start after a kill would read it.
  ...['-c', 'wal_level=minimal', '-c', 'max_wal_senders=0'],
  // ANALYZE looks at 6,000 rows of a table instead of 30,000: others wait meanwhile.
  ...['-c', 'default_statistics_target=20'],
];

const MIB = 1024 ** 2;
// Two files of its log, which recovery may need before anything else.
const START_BYTES = 32 * MIB;

/** Where the embedded database is under `DATA_DIR`; not there before the first start. */
export function embeddedFolder(dataDir: string): string {
  return join(dataDir, 'database');
}

/**
 * Opens PostgreSQL in WebAssembly on a folder, with commits that really reach the disk.
 *
 * @param folder database files; made when missing (first start about 3 s)
 * @throws AppError `unavailable` when it does not start; Error when a commit does not sync, because an answer of 200 would then be a lie
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
    // Emscripten's NODEFS takes no link for the folder itself.
    return await start(await realpath(folder));
  } catch (cause) {
    const free = await freeBytes(dirname(folder)).catch(() => Number.POSITIVE_INFINITY);
    const why =
      free < START_BYTES
        ? `its disk has ${Math.floor(free / MIB)} MiB left, and it needs ${START_BYTES / MIB}`
        : 'look at the disk and the rights of its folder, or restore a backup';
    const { message } = asError(cause);
    throw new AppError(
      'unavailable',
      `The embedded database does not start: ${why}. It says: ${message}`,
      { cause },
    );
  }
}

async function start(folder: string): Promise<Started> {
  const files = new DurableFiles(folder);
  return { pglite: await PGlite.create({ fs: files, startParams: START_PARAMS }), files };
}

/** @throws Error when its last checkpoint did not reach the disk, which PGlite passes over */
async function close({ pglite, files }: Started): Promise<void> {
  await pglite.close();
  if (files.hasFailed) throw new Error('The disk of the embedded database has failed to sync');
}
