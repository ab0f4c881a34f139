import { setTimeout } from 'node:timers/promises';
import type pg from 'pg';
import { asError } from '../../errors/caught.ts';
import { RESERVED_BYTES, requireRoom } from '../../files/disk-space.ts';
import { PERSONAL_TABLES } from '../database.ts';

// ANALYZE keeps the old statistics of a table that is empty now.
const DELETE_STATISTICS = `
  WITH personal AS (SELECT unnest('{${PERSONAL_TABLES}}'::regclass[]) AS relation)
  DELETE FROM pg_statistic WHERE starelid IN (
    SELECT relation FROM personal
    UNION SELECT indexrelid FROM pg_index JOIN personal ON relation = indrelid
  )`;

/**
 * Rewrites the tables one after the other, and the planner's statistics of common values, and removes the
 * WAL files, which contain the old rows. After an interruption it has to be repeated as a whole.
 *
 * @param deps.folder on the same disk as the database
 * @param deps.signal stops it before the next table
 * @throws ErrnoException ENOSPC when there is not enough disk space to rewrite a table
 */
export async function purgeFiles(deps: {
  pool: pg.Pool;
  folder: string;
  signal: AbortSignal;
}): Promise<void> {
  const { pool, folder, signal } = deps;

  async function rewrite(table: string, options: string): Promise<void> {
    signal.throwIfAborted();
    const { rows } = await pool.query(
      'SELECT pg_total_relation_size($1::regclass)::float8 AS bytes',
      [table],
    );
    await requireRoom(folder, rows[0].bytes + RESERVED_BYTES);
    await runMaintenance(pool, `VACUUM (${options}) ${table}`);
  }

  await pool.query(DELETE_STATISTICS);
  for (const table of PERSONAL_TABLES) await rewrite(table, 'FULL, ANALYZE');
  await rewrite('pg_statistic', 'FULL');
  // The first checkpoint may have started before the switch: the second one removes the files.
  for (const statement of ['SELECT pg_switch_wal()', 'CHECKPOINT', 'CHECKPOINT']) {
    await runMaintenance(pool, statement);
  }
}

// Shorter statements do not block callers noticeably.
const SHORT_MS = 200;
// The pause for waiting statements and for the messages in the spool.
const PAUSE_MS = 1000;

/**
 * Runs a statement that may keep the database busy for seconds. After a long one it pauses for other
 * statements before it settles, because the caller may run another one.
 */
export async function runMaintenance(pool: pg.Pool, statement: string): Promise<void> {
  const client = await pool.connect();
  const startedAt = performance.now();
  let failure: Error | undefined;
  try {
    await client.query(statement);
  } catch (error) {
    failure = asError(error);
  }
  client.release(failure);
  if (performance.now() - startedAt > SHORT_MS) await setTimeout(PAUSE_MS);
  if (failure !== undefined) throw failure;
}
