import type pg from 'pg';
import type { Logger } from 'pino';
import { RESERVED_BYTES, requireRoom } from '../../files/disk-space.ts';
import { repeatTask } from '../../lifecycle/repeat-task.ts';
import { runMaintenance } from './embedded-purge.ts';

const CHECK_EVERY_MS = 10_000;
const CHECKPOINT_BYTES = 24 * 1024 ** 2;

// The conditions of autovacuum on a server [PostgreSQL, autovacuum_vacuum_threshold and related settings],
// without those that take years to become due. Of the system catalogs only the statistics change.
const TABLES_DUE = `
  SELECT oid::regclass::text AS name, pg_total_relation_size(oid)::float8 AS bytes, is_littered
  FROM (
    SELECT oid,
      pg_stat_get_dead_tuples(oid) > 50 + 0.2 * greatest(reltuples, 0)
        OR pg_stat_get_ins_since_vacuum(oid) > 1000 + 0.2 * greatest(reltuples, 0) AS is_littered,
      pg_stat_get_mod_since_analyze(oid) > 50 + 0.1 * greatest(reltuples, 0)
        AND oid <> 'pg_statistic'::regclass AS is_changed
    FROM pg_class
    WHERE relkind = 'r' AND (
      oid = 'pg_statistic'::regclass
      OR relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
    )
  ) AS tables
  WHERE is_littered OR is_changed`;

/**
 * Does for the embedded database what background processes do on a server, because PGlite has none.
 *
 * A checkpoint after every 24 MiB of WAL: otherwise the WAL would grow until the disk is full, and recovery
 * after a kill would read all of it. Between checkpoints its files are used again, so a full disk leaves the
 * WAL some space. And `VACUUM` and `ANALYZE` of changed tables: otherwise deleted rows would take space for
 * ever, and plans would be based on the initial contents of the tables.
 *
 * @returns a function that stops it; resolves once no round is running
 */
export function startUpkeep(deps: UpkeepDeps): () => Promise<void> {
  return repeatTask({ task: createUpkeepRound(deps), everyMs: CHECK_EVERY_MS });
}

export interface UpkeepDeps {
  pool: pg.Pool;
  /** On the same disk as the database. */
  folder: string;
  log: Logger;
}

/**
 * One round, which does the maintenance that is due. Failures are retried by the next round; they are logged
 * when they start and when they end. It never rejects.
 */
export function createUpkeepRound(deps: UpkeepDeps): (ending: AbortSignal) => Promise<void> {
  const { log } = deps;
  const failing = new Set<string>();
  async function attempt(action: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
      if (failing.delete(action)) log.info(`the embedded database ${action} again`);
    } catch (error) {
      if (!failing.has(action)) {
        log.error(
          { err: error },
          `the embedded database no longer ${action}, and grows meanwhile: it is tried again. Is the ` +
            'disk full?',
        );
      }
      failing.add(action);
    }
  }
  return async (ending) => {
    await attempt('writes checkpoints', () => checkpointIfDue(deps));
    await attempt('clears its tables', () => vacuumWhatIsDue(deps, ending));
  };
}

/** @returns whether a checkpoint was written */
export async function checkpointIfDue({ pool }: Pick<UpkeepDeps, 'pool'>): Promise<boolean> {
  const { rows } = await pool.query(
    'SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), redo_lsn)::float8 AS bytes FROM pg_control_checkpoint()',
  );
  if (rows[0].bytes < CHECKPOINT_BYTES) return false;
  await runMaintenance(pool, 'CHECKPOINT');
  return true;
}

/**
 * Vacuums and analyzes the tables that are due, or only analyzes them, one at a time, with a pause for other
 * statements after a long one.
 *
 * @returns their names
 * @throws the first error, after all tables have been tried; ErrnoException ENOSPC when the WAL might not
 *   have the space that vacuuming a table takes
 */
export async function vacuumWhatIsDue(
  deps: Omit<UpkeepDeps, 'log'>,
  ending: AbortSignal,
): Promise<string[]> {
  const { pool, folder } = deps;
  const { rows } = await pool.query<{ name: string; bytes: number; is_littered: boolean }>(
    TABLES_DUE,
  );
  const failures: unknown[] = [];
  const done: string[] = [];
  for (const { name, bytes, is_littered } of rows) {
    if (ending.aborted) break;
    try {
      if (is_littered) await requireRoom(folder, bytes + RESERVED_BYTES);
      await runMaintenance(pool, `${is_littered ? 'VACUUM (ANALYZE)' : 'ANALYZE'} ${name}`);
      await checkpointIfDue(deps);
      done.push(name);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return done;
}
