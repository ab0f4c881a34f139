import pg from 'pg';
import type { Logger } from 'pino';
import { createSchemaEngine, NO_FILTER, readMigrationHistory } from './schema-engine.ts';

// An arbitrary number, which must be the same in every version of mms-inbox.
const MIGRATION_LOCK = 7_236_501;

/**
 * Migrates the database to this version's schema. Idempotent and safe to run concurrently in several
 * processes: it holds an advisory lock, and migrations listed in `_prisma_migrations` are not applied
 * again. Each migration is one transaction, including its row in `_prisma_migrations`: an interrupted one
 * (a kill, a terminated connection) is rolled back, and the next start applies it.
 *
 * @param pool a single one of its connections is used
 * @param log gets a line for each migration, and one when another process migrates first
 * @returns names of the migrations applied now, oldest first
 * @throws the error of the first statement that failed
 */
export async function applyMigrations(pool: pg.Pool, log?: Logger): Promise<string[]> {
  const client = await pool.connect();
  try {
    await lockMigrations(client, log);
    const applied = await applyPending(client, log);
    await client.query(`SELECT pg_advisory_unlock(${MIGRATION_LOCK})`);
    client.release();
    return applied;
  } catch (error) {
    // Closing the connection releases the lock and rolls back an open transaction.
    client.release(true);
    throw error;
  }
}

async function lockMigrations(client: pg.PoolClient, log: Logger | undefined): Promise<void> {
  const { rows } = await client.query<{ isLocked: boolean }>(
    `SELECT pg_try_advisory_lock(${MIGRATION_LOCK}) AS "isLocked"`,
  );
  if (rows[0]?.isLocked) return;
  log?.info('waiting for another process, which migrates the database');
  await client.query(`SELECT pg_advisory_lock(${MIGRATION_LOCK})`);
}

async function applyPending(client: pg.PoolClient, log: Logger | undefined): Promise<string[]> {
  const history = await readMigrationHistory();
  const known = await finishedMigrations(client);
  // Most starts have nothing to apply: the engine would take 20 MB of memory.
  if (history.migrationDirectories.every(({ path }) => known.has(path))) return [];
  const session = createSingleSessionPool(client);
  const engine = await createSchemaEngine(session.pool);
  const applied: string[] = [];
  for (const [index, { path }] of history.migrationDirectories.entries()) {
    if (known.has(path)) continue;
    const startedAt = performance.now();
    const migrationsList = {
      ...history,
      migrationDirectories: history.migrationDirectories.slice(0, index + 1),
    };
    try {
      await client.query('BEGIN');
      const result = await engine.applyMigrations({ migrationsList, filters: NO_FILTER });
      await client.query('COMMIT');
      applied.push(...result.appliedMigrationNames);
      const ms = Math.round(performance.now() - startedAt);
      log?.info({ migration: path, ms }, 'migration applied');
    } catch (error) {
      await client.query('ROLLBACK').catch(() => undefined);
      throw session.firstError() ?? error;
    }
  }
  return applied;
}

/** The names of the migrations that a database has. */
export async function finishedMigrations(client: pg.ClientBase): Promise<ReadonlySet<string>> {
  const { rows: tables } = await client.query(
    `SELECT to_regclass('_prisma_migrations') IS NOT NULL AS "isThere"`,
  );
  if (!tables[0].isThere) return new Set();
  const { rows } = await client.query<{ migration_name: string }>(
    `SELECT migration_name FROM _prisma_migrations
    WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL`,
  );
  return new Set(rows.map(({ migration_name }) => migration_name));
}

/**
 * A pool for the engine, which accepts only pools, that runs every statement in one session.
 *
 * After a failed statement the engine tries to record the failure, which fails as well because the
 * transaction is aborted: the first error is the cause.
 */
function createSingleSessionPool(client: pg.PoolClient): { pool: pg.Pool; firstError(): unknown } {
  let firstError: unknown;
  const pool = Object.assign(new pg.Pool(), {
    connect: () => Promise.reject(new Error('Migrations use a single session')),
    query: async (statement: pg.QueryConfig) => {
      try {
        return await client.query(statement);
      } catch (error) {
        firstError ??= error;
        throw error;
      }
    },
  });
  return { pool: pool as unknown as pg.Pool, firstError: () => firstError };
}
