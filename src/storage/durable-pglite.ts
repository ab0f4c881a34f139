import { fsyncSync } from 'node:fs';
import { dirname } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { AppError } from '../errors.ts';
import { freeBytes } from './disk-room.ts';
import { throwAfterDeath } from './embedded-death.ts';

/** What this file needs of Emscripten's file system, which PGlite's types leave out. */
interface EmscriptenStream {
  nfd: number;
  stream_ops: { fsync?: (stream: EmscriptenStream) => number };
}
interface EmscriptenFs {
  open(path: string, flags: string): EmscriptenStream;
  close(stream: EmscriptenStream): void;
}

export interface DurablePglite {
  pglite: PGlite;
  /** How many times the operating system was asked to sync a database file since the start. */
  syncCount(): number;
}

// PGlite starts PostgreSQL with -F (fsync off). Of the sync methods only `fsync` reaches the file
// system layer below; `fdatasync` is accepted and does nothing. Old log files are removed and not used
// again: what was erased must not live on in them. 16 MB of shared buffers instead of
// 128 MB keep resident memory near 255 MB.
const START_PARAMS = [
  ...PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'),
  ...['-c', 'fsync=on', '-c', 'wal_sync_method=fsync', '-c', 'shared_buffers=16MB'],
  ...['-c', 'wal_recycle=off'],
  // ANALYZE looks at 6,000 rows of a table instead of 30,000: it works in this thread.
  ...['-c', 'default_statistics_target=20'],
];

// WASI's number of it. PostgreSQL ends itself where a sync fails; an exception would only go past it.
const EIO = 29;

const MIB = 1024 ** 2;
// Two files of its log, which recovery may need before anything else.
const START_BYTES = 32 * MIB;

/**
 * Opens PostgreSQL in WebAssembly on a folder, with commits that really reach the disk: PGlite's
 * NODEFS has no fsync operation, so it gets one.
 *
 * @param folder database files; made when missing (first start about 3 s)
 * @throws AppError `unavailable` when it does not start; Error when a commit does not sync, because an answer of 200 would then be a lie
 */
export async function openDurablePglite(folder: string): Promise<DurablePglite> {
  const pglite = await create(folder);
  throwAfterDeath(pglite);
  let syncs = 0;
  const files = pglite.Module.FS as unknown as EmscriptenFs;
  const stream = files.open('/pglite/data/PG_VERSION', 'r');
  stream.stream_ops.fsync = ({ nfd }) => {
    try {
      fsyncSync(nfd);
    } catch {
      return EIO;
    }
    syncs += 1;
    return 0;
  };
  files.close(stream);

  const before = syncs;
  await pglite.exec(
    'CREATE TABLE IF NOT EXISTS durability_check (started_at timestamptz);' +
      'TRUNCATE durability_check; INSERT INTO durability_check VALUES (now());' +
      'DROP TABLE durability_check;',
  );
  if (syncs === before) {
    await pglite.close();
    throw new Error(
      'The embedded database does not sync its commits to disk on this system, so nothing it ' +
        'acknowledges would be safe. Set DATABASE_URL to a PostgreSQL server.',
    );
  }
  return { pglite, syncCount: () => syncs };
}

async function create(folder: string): Promise<PGlite> {
  try {
    return await PGlite.create({ dataDir: folder, startParams: START_PARAMS });
  } catch (cause) {
    // It says no more than that it failed.
    const free = await freeBytes(dirname(folder)).catch(() => Number.POSITIVE_INFINITY);
    const why =
      free < START_BYTES
        ? `its disk has ${Math.floor(free / MIB)} MiB left, and it needs ${START_BYTES / MIB}`
        : 'look at the disk and the rights of its folder, or restore a backup';
    throw new AppError('unavailable', `The embedded database does not start: ${why}.`, { cause });
  }
}
