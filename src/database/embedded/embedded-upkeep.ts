import type pg from 'pg';
import type { Logger } from 'pino';
import { RESERVED_BYTES, requireRoom } from '../../files/disk-space.ts';
import { repeatTask } from '../../lifecycle/repeat-task.ts';
import { runMaintenance } from './embedded-purge.ts';

const LOOK_EVERY_MS = 10_000;
const CHECKPOINT_BYTES = 24 * 1024 ** 2;

// When a server would do it [PostgreSQL, autovacuum_vacuum_threshold and the settings beside it], less what
// takes years to fall due. Of the catalogues only the statistics change.
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
 * Does for the embedded database what processes of its own do on a server: none of them is there.
 *
 * A checkpoint after every 24 MiB of its log: it would grow until the disk is full, and the start after a
 * kill would read all of it. Between checkpoints its files are used again, so a full disk leaves the log
 * some room. And `VACUUM` and `ANALYZE` of tables that have changed: deleted rows would take room for ever,
 * and plans be made for what was in the tables when they were new.
 *
 * @returns ends it; resolves once none is under way
 */
export function startUpkeep(deps: UpkeepDeps): () => Promise<void> {
  return repeatTask({ task: createUpkeepRound(deps), everyMs: LOOK_EVERY_MS });
}

export interface UpkeepDeps {
  pool: pg.Pool;
  /** On the disk that the database is on. */
  folder: string;
  log: Logger;
}

/**
 * One look, which does what is due. What fails is tried again by the next; the log is told when it begins
 * to fail and when it works again. It never rejects.
 */
export function createUpkeepRound(deps: UpkeepDeps): (ending: AbortSignal) => Promise<void> {
  const { log } = deps;
  const failing = new Set<string>();
  async function attempt(what: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
      if (failing.delete(what)) log.info(`the embedded database ${what} again`);
    } catch (error) {
      if (!failing.has(what)) {
        log.error(
          { err: error },
          `the embedded database no longer ${what}, and grows meanwhile: it is tried again. Is the ` +
            'disk full?',
        );
      }
      failing.add(what);
    }
  }
  return async (ending) => {
    await attempt('writes checkpoints', () => checkpointIfDue(deps));
    await attempt('clears its tables', () => vacuumWhatIsDue(deps, ending));
  };
}

/** @returns whether there was one */
export async function checkpointIfDue({ pool }: Pick<UpkeepDeps, 'pool'>): Promise<boolean> {
  const { rows } = await pool.query(
    'SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), redo_lsn)::float8 AS bytes FROM pg_control_checkpoint()',
  );
  if (rows[0].bytes < CHECKPOINT_BYTES) return false;
  await runMaintenance(pool, 'CHECKPOINT');
  return true;
}

/**
 * Clears the tables that are due, or only looks through them, one at a time: between two of them others
 * have their turn.
 *
 * @returns their names
 * @throws what the first that failed threw, when all have been tried; ErrnoException ENOSPC where the log
 *   might not find the room that clearing a table takes
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
