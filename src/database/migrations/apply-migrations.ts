import pg from 'pg';
import { createSchemaEngine, NO_FILTER, readMigrationHistory } from './schema-engine.ts';

// Any number will do, as long as every version of mms-inbox uses the same one.
const MIGRATION_LOCK = 7_236_501;

/**
 * Brings the database to this version's schema. Safe to run again and beside other processes: it
 * holds an advisory lock, and what `_prisma_migrations` lists is not applied twice. Each migration is a
 * transaction, its row in `_prisma_migrations` included: one that was broken off (a kill, a terminated
 * connection) has not happened, and the next start applies it.
 *
 * @param pool one of its connections is used, for everything
 * @returns names of the migrations applied now, oldest first
 * @throws what the first statement that failed has thrown
 */
export async function applyMigrations(pool: pg.Pool): Promise<string[]> {
  const client = await pool.connect();
  try {
    await client.query(`SELECT pg_advisory_lock(${MIGRATION_LOCK})`);
    const applied = await applyInTurn(client);
    await client.query(`SELECT pg_advisory_unlock(${MIGRATION_LOCK})`);
    client.release();
    return applied;
  } catch (error) {
    // The lock and an open transaction end with the connection.
    client.release(true);
    throw error;
  }
}

async function applyInTurn(client: pg.PoolClient): Promise<string[]> {
  const session = onOneSession(client);
  const engine = await createSchemaEngine(session.pool);
  const history = await readMigrationHistory();
  const known = await finishedMigrations(client);
  const applied: string[] = [];
  for (const [index, { path }] of history.migrationDirectories.entries()) {
    if (known.has(path)) continue;
    const migrationsList = {
      ...history,
      migrationDirectories: history.migrationDirectories.slice(0, index + 1),
    };
    try {
      await client.query('BEGIN');
      const result = await engine.applyMigrations({ migrationsList, filters: NO_FILTER });
      await client.query('COMMIT');
      applied.push(...result.appliedMigrationNames);
    } catch (error) {
      await client.query('ROLLBACK').catch(() => undefined);
      throw session.firstError() ?? error;
    }
  }
  return applied;
}

async function finishedMigrations(client: pg.PoolClient): Promise<ReadonlySet<string>> {
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
 * A pool for the engine, which takes nothing else, that has every statement run in one session.
 *
 * After a failed statement the engine writes what happened, which fails in a transaction that is aborted:
 * what the first error said is the reason.
 */
function onOneSession(client: pg.PoolClient): { pool: pg.Pool; firstError(): unknown } {
  let firstError: unknown;
  const pool = Object.assign(new pg.Pool(), {
    connect: () => Promise.reject(new Error('The migrations have one session')),
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
