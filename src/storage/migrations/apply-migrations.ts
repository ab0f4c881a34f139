import type pg from 'pg';
import { readMigrationHistory } from './migration-history.ts';
import { createSchemaEngine, NO_FILTER } from './schema-engine.ts';

// Any number will do, as long as every version of mms-inbox uses the same one.
const MIGRATION_LOCK = 7_236_501;

/**
 * Brings the database to this version's schema. Safe to run again and beside other processes: it
 * holds an advisory lock, and what `_prisma_migrations` lists is not applied twice.
 *
 * @param lockClient one session that holds the lock meanwhile; where the pool has a single session,
 *   the pool itself
 * @returns names of the migrations applied now, oldest first
 */
export async function applyMigrations(
  pool: pg.Pool,
  lockClient: Pick<pg.ClientBase, 'query'>,
): Promise<string[]> {
  await lockClient.query(`SELECT pg_advisory_lock(${MIGRATION_LOCK})`);
  try {
    const engine = await createSchemaEngine(pool);
    const { appliedMigrationNames } = await engine.applyMigrations({
      migrationsList: await readMigrationHistory(),
      filters: NO_FILTER,
    });
    return appliedMigrationNames;
  } finally {
    await lockClient.query(`SELECT pg_advisory_unlock(${MIGRATION_LOCK})`);
  }
}
