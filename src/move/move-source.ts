import type pg from 'pg';
import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import { hasDatabase, lockDataFolder } from '../database/embedded/data-folder.ts';
import { embeddedFolder } from '../database/embedded/durable-pglite.ts';
import { createEmbeddedPool } from '../database/embedded/embedded-pool.ts';
import { openEmbeddedThread } from '../database/embedded/embedded-thread.ts';
import { finishedMigrations } from '../database/migrations/apply-migrations.ts';
import { migrationNames } from '../database/migrations/schema-engine.ts';
import { READ_IDENTITY } from '../database/shared-secret.ts';
import { requireNoUnfinishedMove } from '../database/unfinished-move.ts';
import { AppError } from '../errors/app-error.ts';
import { exitProcess } from '../lifecycle/exit-process.ts';
import { createLifecycle } from '../lifecycle/lifecycle.ts';
import { writerLock } from '../media/file-writer.ts';
import { connectSide, setUpSession } from './move-session.ts';

/** The database that is moved: it is read as of one moment, and not changed. */
export interface MoveSource {
  /** In a transaction that sees the rows of that moment, until `endReading`. */
  client: pg.ClientBase;
  identity: string;
  /** Whether a server works on it, or has since it was opened. */
  isInUse(): Promise<boolean>;
  endReading(): Promise<void>;
  close(): Promise<void>;
}

/** Has the running server take a snapshot; the data folder of the copy, and what ends it. */
export type HoldSnapshot = () => Promise<{ dataDir: string; release: () => void }>;

/**
 * Opens the configured database for reading. The embedded one is locked until it is closed; while a server runs on it, a
 * snapshot is read instead.
 *
 * @throws AppError `data_folder_in_use`; `conflict` when its schema is not of this version; `unavailable` when it was not
 *   filled completely itself; the error of the driver
 */
export function openMoveSource(
  {
    databaseUrl,
    databaseDirectUrl = databaseUrl,
    dataDir,
  }: Pick<Config, 'databaseUrl' | 'databaseDirectUrl' | 'dataDir'>,
  holdSnapshot: HoldSnapshot,
  log: Logger,
): Promise<MoveSource> {
  // Past a pooler: the whole source is read in one session.
  return databaseDirectUrl === undefined
    ? openFolder(dataDir, holdSnapshot, log)
    : openServer(databaseDirectUrl);
}

async function openFolder(
  dataDir: string,
  holdSnapshot: HoldSnapshot,
  log: Logger,
): Promise<MoveSource> {
  if (!(await hasDatabase(embeddedFolder(dataDir)))) {
    throw new AppError('not_found', `There is no database under ${dataDir} (DATA_DIR) to move.`);
  }
  try {
    return await openEmbedded(dataDir, log);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'data_folder_in_use') throw error;
  }
  const snapshot = await holdSnapshot();
  try {
    const source = await openEmbedded(snapshot.dataDir, log);
    return {
      ...source,
      isInUse: async () => true,
      async endReading() {
        await source.close();
        snapshot.release();
      },
      close: () => source.close().finally(snapshot.release),
    };
  } catch (error) {
    snapshot.release();
    throw error;
  }
}

async function openEmbedded(dataDir: string, log: Logger): Promise<MoveSource> {
  const folder = embeddedFolder(dataDir);
  const lifecycle = createLifecycle();
  try {
    const lock = await lockDataFolder(dataDir);
    lifecycle.add('data folder', lock.release);
    const thread = await openEmbeddedThread(folder);
    lifecycle.add('embedded database', thread.close);
    const pool = createEmbeddedPool(thread, (error) => {
      log.fatal({ err: error }, 'the embedded database has died; the move can be repeated');
      exitProcess(1);
    });
    const client = await pool.connect();
    lifecycle.add('connection', async () => {
      client.release();
      await pool.end();
    });
    await requireThisVersion(client);
    const identity = await beginReading(client);
    return {
      client,
      identity,
      // The lock keeps servers away.
      isInUse: async () => false,
      endReading: () => endReading(client),
      close: lifecycle.close,
    };
  } catch (error) {
    await lifecycle.close();
    throw error;
  }
}

async function openServer(connectionString: string): Promise<MoveSource> {
  const lifecycle = createLifecycle();
  const connect = () => connectSide(connectionString, lifecycle);
  try {
    const [client, watcher] = [await connect(), await connect()];
    await requireNoUnfinishedMove(async (sql) => (await watcher.query(sql)).rows);
    await requireThisVersion(watcher);
    // Looked at before the moment that is read: who comes later is a writer that was not there yet.
    const wasInUse = await hasLivingWriters(watcher);
    const identity = await beginReading(client);
    const { count } = await countWriters(client);
    return {
      client,
      identity,
      isInUse: async () =>
        wasInUse ||
        (await hasLivingWriters(watcher)) ||
        (await countWriters(watcher)).count !== count,
      endReading: () => endReading(client),
      close: lifecycle.close,
    };
  } catch (error) {
    await lifecycle.close();
    throw error;
  }
}

/** @returns the identity of the database */
async function beginReading(client: pg.ClientBase): Promise<string> {
  await setUpSession(client);
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  const { rows } = await client.query<{ identity: string }>(READ_IDENTITY);
  return rows[0]?.identity ?? '';
}

async function endReading(client: pg.ClientBase): Promise<void> {
  await client.query('ROLLBACK');
}

/** Each process registers a writer of files when it starts, and holds a lock on it as long as it lives. */
async function hasLivingWriters(client: pg.ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ id: string }>(
    'SELECT id FROM file_writer WHERE retired_at IS NULL',
  );
  for (const { id } of rows) {
    const { rows: locks } = await client.query<{ isFree: boolean }>(
      'SELECT pg_try_advisory_xact_lock_shared(hashtextextended($1, 0)) AS "isFree"',
      [writerLock(id)],
    );
    if (!locks[0]?.isFree) return true;
  }
  return false;
}

async function countWriters(client: pg.ClientBase): Promise<{ count: string }> {
  const { rows } = await client.query<{ count: string }>(
    'SELECT count(*) AS count FROM file_writer',
  );
  return { count: rows[0]?.count ?? '0' };
}

async function requireThisVersion(client: pg.ClientBase): Promise<void> {
  const applied = await finishedMigrations(client);
  const known = await migrationNames();
  if (!known.every((name) => applied.has(name))) {
    throw new AppError(
      'conflict',
      'The database to move has the schema of an older version: start the server of this version once on it.',
    );
  }
  if (applied.size > known.length) {
    throw new AppError(
      'conflict',
      'The database to move has the schema of a newer version: use the `move` of that version.',
    );
  }
}
