import type pg from 'pg';

const LOOK_EVERY_MS = 10_000;
const CHECKPOINT_BYTES = 24 * 1024 ** 2;

/**
 * Has the embedded database write a checkpoint after every 24 MiB of its log. It has none of the
 * processes that do so on a server: the log would grow until the disk is full, and the start after a
 * kill would read all of it. Between checkpoints its files are used again, so a full disk leaves the
 * log some room.
 *
 * @param onError told when one fails; the next look tries again
 * @returns what ends it
 */
export function startCheckpoints(pool: pg.Pool, onError: (error: Error) => void): () => void {
  const timer = setInterval(() => {
    checkpointIfDue(pool).catch(onError);
  }, LOOK_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
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
