import { setTimeout } from 'node:timers/promises';
import type pg from 'pg';
import { asError } from '../../errors/caught.ts';
import { RESERVED_BYTES, requireRoom } from '../../files/disk-space.ts';
import { PERSONAL_TABLES } from '../database.ts';

// Of an empty table ANALYZE leaves the old ones.
const DELETE_STATISTICS = `
  WITH personal AS (SELECT unnest('{${PERSONAL_TABLES}}'::regclass[]) AS relation)
  DELETE FROM pg_statistic WHERE starelid IN (
    SELECT relation FROM personal
    UNION SELECT indexrelid FROM pg_index JOIN personal ON relation = indrelid
  )`;

/**
 * Writes the tables anew, one after the other, and what the planner has noted of common values, and lets the
 * log, which has the old rows, begin behind that. Broken off in its midst it has to be done again as a whole.
 *
 * @param deps.folder on the disk that the database is on
 * @param deps.signal ends it before the next table
 * @throws ErrnoException ENOSPC where a table finds no room to be written anew
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
  // The first checkpoint may have begun before the switch: files are removed by the second.
  for (const statement of ['SELECT pg_switch_wal()', 'CHECKPOINT', 'CHECKPOINT']) {
    await runMaintenance(pool, statement);
  }
}

// What is shorter leaves nobody waiting.
const SHORT_MS = 200;
// For those who wait, and for what lies in the spool.
const TURN_MS = 1000;

/**
 * Runs a statement that may keep the database busy for seconds. When it did, others have their turn before
 * this settles: there may be a next one.
 */
export async function runMaintenance(pool: pg.Pool, statement: string): Promise<void> {
  const client = await pool.connect();
  const began = performance.now();
  let failure: Error | undefined;
  try {
    await client.query(statement);
  } catch (error) {
    failure = asError(error);
  }
  client.release(failure);
  if (performance.now() - began > SHORT_MS) await setTimeout(TURN_MS);
  if (failure !== undefined) throw failure;
}
