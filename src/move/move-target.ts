import type pg from 'pg';
import type { Logger } from 'pino';
import { createDatabaseOutage } from '../database/database.ts';
import { migrationNames } from '../database/migrations/schema-engine.ts';
import { requireSessions } from '../database/require-sessions.ts';
import { openServerDatabase } from '../database/server-database.ts';
import { READ_IDENTITY } from '../database/shared-secret.ts';
import { MOVE_SCHEMA } from '../database/unfinished-move.ts';
import { AppError } from '../errors/app-error.ts';
import { asError, codeOf } from '../errors/caught.ts';
import { newWriterId } from '../files/file-names.ts';
import { createPgBossQueue } from '../jobs/pg-boss-queue.ts';
import { createLifecycle } from '../lifecycle/lifecycle.ts';
import { addForeignKeys, dropForeignKeys, STATE } from './foreign-keys.ts';
import { connectSide, setUpSession } from './move-session.ts';

/** The database that is filled. */
export interface MoveTarget {
  /** For transactions that read. */
  reader: pg.ClientBase;
  /** It holds the lock that keeps a second move away. */
  writer: pg.ClientBase;
  /**
   * Creates what is missing, and removes the foreign keys, which tables that are filled one after the other would
   * break. From then on no server starts on it.
   *
   * @param move the source's identity, and how keys of the files begin (null: they stay as they are)
   * @returns the writer that is part of the names of temporary files of this move
   * @throws AppError `conflict` when it is not empty, or belongs to another source
   */
  prepare(move: { source: string; blobs: string | null }): Promise<string>;
  /** @throws AppError `conflict` when a server has been started on it */
  requireUnused(): Promise<void>;
  /** Adds and checks the foreign keys, and lets servers start. */
  finish(): Promise<void>;
  close(): Promise<void>;
}

interface MoveState {
  source: string;
  version: string;
  blobs: string | null;
  writer: string;
  state: 'preparing' | 'copying' | 'done';
}

const LOCK = `SELECT pg_try_advisory_lock(hashtextextended('mms-inbox move', 0)) AS "isOurs"`;
const NEW_DATABASE = 'begin with a new, empty database';

/**
 * Connects to the target. It changes nothing yet.
 *
 * @throws AppError `unavailable` when it cannot be used, `conflict` while another move fills it
 */
export async function openMoveTarget(connectionString: string, log: Logger): Promise<MoveTarget> {
  const lifecycle = createLifecycle();
  const connect = async () => {
    const client = await connectSide(connectionString, lifecycle);
    await setUpSession(client);
    return client;
  };
  try {
    // Before anything is created: the lock does not last through a pooler.
    await requireSessions({ pooled: connectionString, direct: connectionString }, '--to-database');
    const [reader, writer] = [await connect(), await connect()];
    await requireUsable(writer);
    return {
      reader,
      writer,
      prepare: (move) => prepare(writer, connectionString, move, log),
      requireUnused: () => requireUnused(writer),
      finish: () => finish(writer),
      close: lifecycle.close,
    };
  } catch (cause) {
    await lifecycle.close();
    if (cause instanceof AppError) throw cause;
    const message = asError(cause).message || codeOf(cause);
    throw new AppError('unavailable', `The target database cannot be used: ${message}`, { cause });
  }
}

async function requireUsable(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query(`
    SELECT pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on' AS "isReadOnly",
      current_setting('server_encoding') AS encoding, current_database() AS name`);
  const [{ isReadOnly, encoding, name }] = rows;
  if (isReadOnly) throw new AppError('unavailable', 'The target database is read-only.');
  if (encoding !== 'UTF8') {
    throw new AppError(
      'conflict',
      `The target database has the encoding ${encoding}: create one with CREATE DATABASE ${name} ENCODING 'UTF8' TEMPLATE template0.`,
    );
  }
  const { rows: locks } = await client.query(LOCK);
  if (!locks[0].isOurs) throw new AppError('conflict', 'Another move fills this database now.');
}

async function prepare(
  client: pg.ClientBase,
  connectionString: string,
  move: { source: string; blobs: string | null },
  log: Logger,
): Promise<string> {
  const version = (await migrationNames()).at(-1) ?? '';
  const found = await readState(client);
  if (found === null) await requireEmpty(client, move.source);
  else requireSame(found, { ...move, version });
  await requireUnused(client);
  const writer = found?.writer ?? newWriterId();
  if (found === null) await createState(client, { ...move, version, writer });
  if (found === null || found.state === 'preparing') await createTables(connectionString, log);
  await inTransaction(client, async () => {
    await dropForeignKeys(client);
    await client.query(`UPDATE ${STATE} SET state = 'copying', ended_at = NULL`);
  });
  return writer;
}

async function readState(client: pg.ClientBase): Promise<MoveState | null> {
  const { rows: tables } = await client.query(`SELECT to_regclass('${STATE}') AS state`);
  if (tables[0].state === null) return null;
  const { rows } = await client.query<MoveState>(
    `SELECT source, version, blobs, writer, state FROM ${STATE}`,
  );
  return rows[0] ?? null;
}

async function requireEmpty(client: pg.ClientBase, source: string): Promise<void> {
  const { rows } = await client.query<{ name: string }>(`
    SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname IN ('public', 'pgboss') AND c.relkind IN ('r', 'p', 'm', 'v', 'f', 'S')
      AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = c.oid AND deptype = 'e')
    LIMIT 1`);
  if (rows.length === 0) return;
  const isSource = await readIdentity(client).then((identity) => identity === source);
  throw new AppError(
    'conflict',
    isSource
      ? 'The target is the database that would be moved.'
      : `The target database is not empty: it has ${rows[0]?.name}. Nothing was changed in it; ${NEW_DATABASE}.`,
  );
}

function requireSame(
  found: MoveState,
  { source, blobs, version }: Pick<MoveState, 'source' | 'blobs' | 'version'>,
): void {
  if (found.source !== source) {
    throw new AppError(
      'conflict',
      `The target database has what was moved from another installation: ${NEW_DATABASE}.`,
    );
  }
  if (found.version !== version) {
    throw new AppError(
      'conflict',
      `This move was begun by another version of mms-inbox: ${NEW_DATABASE}.`,
    );
  }
  if (found.blobs !== blobs) {
    const before = found.blobs === null ? 'without --to-blobs' : `with files to ${found.blobs}`;
    throw new AppError(
      'conflict',
      `This move was begun ${before}: do the same, or ${NEW_DATABASE}.`,
    );
  }
}

/** A server that was started on the target has registered a writer of files in it. */
async function requireUnused(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query(`SELECT to_regclass('public.file_writer') AS writers`);
  if (rows[0].writers === null) return;
  const { rows: started } = await client.query('SELECT FROM file_writer WHERE home = $1 LIMIT 1', [
    await readIdentity(client),
  ]);
  if (started.length === 0) return;
  throw new AppError(
    'conflict',
    `A server has been started on the target database, and has data of its own there. Nothing was changed; ${NEW_DATABASE}.`,
  );
}

async function readIdentity(client: pg.ClientBase): Promise<string | undefined> {
  const { rows: tables } = await client.query(`SELECT to_regclass('public.file_writer') AS there`);
  if (tables[0].there === null) return undefined;
  const { rows } = await client.query<{ identity: string }>(READ_IDENTITY);
  return rows[0]?.identity;
}

async function createState(
  client: pg.ClientBase,
  { source, version, blobs, writer }: Omit<MoveState, 'state'>,
): Promise<void> {
  await inTransaction(client, async () => {
    await client.query(`
      CREATE SCHEMA ${MOVE_SCHEMA};
      CREATE TABLE ${STATE} (
        id int PRIMARY KEY CHECK (id = 1), source text NOT NULL, version text NOT NULL, blobs text,
        writer text NOT NULL, state text NOT NULL, foreign_keys jsonb NOT NULL DEFAULT '[]',
        started_at timestamptz NOT NULL DEFAULT now(), ended_at timestamptz
      );
      CREATE TABLE ${MOVE_SCHEMA}.file (
        key text PRIMARY KEY, source_key text NOT NULL, byte_size bigint NOT NULL, sha256 text,
        copied_at timestamptz
      )`);
    await client.query(
      `INSERT INTO ${STATE} (id, source, version, blobs, writer, state) VALUES (1, $1, $2, $3, $4, 'preparing')`,
      [source, version, blobs, writer],
    );
  });
}

/** By the migrations, and by pg-boss itself. */
async function createTables(connectionString: string, log: Logger): Promise<void> {
  const urls = { pooled: connectionString, direct: connectionString };
  const database = await openServerDatabase(urls, createDatabaseOutage(log), log);
  try {
    const queue = createPgBossQueue(database, log);
    await queue.start().finally(queue.stop);
  } finally {
    await database.close();
  }
}

async function finish(client: pg.ClientBase): Promise<void> {
  await inTransaction(client, async () => {
    await addForeignKeys(client);
    await client.query(`UPDATE ${STATE} SET state = 'done', ended_at = now()`);
  });
  await client.query('ANALYZE');
}

async function inTransaction(client: pg.ClientBase, work: () => Promise<void>): Promise<void> {
  await client.query('BEGIN');
  try {
    await work();
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}
