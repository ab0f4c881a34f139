import type pg from 'pg';
import type { Logger } from 'pino';
import { repeatInTurn } from '../repeat-in-turn.ts';

const LOOK_EVERY_MS = 10_000;
const CHECKPOINT_BYTES = 24 * 1024 ** 2;

// When a server would do it [PostgreSQL, autovacuum_vacuum_threshold and the settings beside it].
// Catalogues are left out: they hardly change.
const TABLES_DUE = `
  SELECT name, is_littered FROM (
    SELECT oid::regclass::text AS name,
      pg_stat_get_dead_tuples(oid) > 50 + 0.2 * greatest(reltuples, 0) AS is_littered,
      pg_stat_get_mod_since_analyze(oid) > 50 + 0.1 * greatest(reltuples, 0) AS is_changed
    FROM pg_class
    WHERE relkind = 'r'
      AND relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
  ) AS tables
  WHERE is_littered OR is_changed`;

/**
 * Does for the embedded database what processes of its own do on a server: none of them is there.
 *
 * A checkpoint after every 24 MiB of its log: it would grow until the disk is full, and the start after a
 * kill would read all of it. Between checkpoints its files are used again, so a full disk leaves the log
 * some room. And `VACUUM` and `ANALYZE` of tables that have changed: deleted rows would take room for ever,
 * and plans be made for what was in the tables when they were new.
 *
 * @returns ends it; resolves once none is under way
 */
export function startUpkeep(pool: pg.Pool, log: Logger): () => Promise<void> {
  return repeatInTurn({ task: createUpkeepRound(pool, log), everyMs: LOOK_EVERY_MS });
}

/**
 * One look, which does what is due. What fails is tried again by the next; the log is told when it begins
 * to fail and when it works again. It never rejects.
 */
export function createUpkeepRound(pool: pg.Pool, log: Logger): () => Promise<void> {
  const isFailing = { checkpoints: false, vacuum: false };
  const attempt = async (
    part: keyof typeof isFailing,
    what: string,
    work: (pool: pg.Pool) => Promise<unknown>,
  ) => {
    try {
      await work(pool);
      if (isFailing[part]) log.info(`the embedded database ${what} again`);
      isFailing[part] = false;
    } catch (error) {
      if (!isFailing[part]) {
        log.error(
          { err: error },
          `the embedded database no longer ${what}, and grows meanwhile: it is tried again. Is the ` +
            'disk full?',
        );
      }
      isFailing[part] = true;
    }
  };
  return async () => {
    await attempt('checkpoints', 'writes checkpoints', checkpointIfDue);
    await attempt('vacuum', 'clears its tables', vacuumWhatIsDue);
  };
}

/** @returns whether there was one */
export async function checkpointIfDue(pool: pg.Pool): Promise<boolean> {
  const { rows } = await pool.query(
    'SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), redo_lsn)::float8 AS bytes FROM pg_control_checkpoint()',
  );
  if (rows[0].bytes < CHECKPOINT_BYTES) return false;
  await pool.query('CHECKPOINT');
  return true;
}

/** @returns the names of the tables, each of which was cleared or only looked through */
export async function vacuumWhatIsDue(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ name: string; is_littered: boolean }>(TABLES_DUE);
  // One at a time: between two of them others have their turn.
  for (const { name, is_littered } of rows) {
    await pool.query(`${is_littered ? 'VACUUM (ANALYZE)' : 'ANALYZE'} ${name}`);
  }
  return rows.map(({ name }) => name);
}
