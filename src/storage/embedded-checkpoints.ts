import type pg from 'pg';
import type { Logger } from 'pino';
import { repeatInTurn } from '../repeat-in-turn.ts';

const LOOK_EVERY_MS = 10_000;
const CHECKPOINT_BYTES = 24 * 1024 ** 2;

/**
 * Has the embedded database write a checkpoint after every 24 MiB of its log. It has none of the
 * processes that do so on a server: the log would grow until the disk is full, and the start after a
 * kill would read all of it. Between checkpoints its files are used again, so a full disk leaves the
 * log some room.
 *
 * @returns ends it; resolves once none is under way
 */
export function startCheckpoints(pool: pg.Pool, log: Logger): () => Promise<void> {
  return repeatInTurn({ task: createCheckpointRound(pool, log), everyMs: LOOK_EVERY_MS });
}

/**
 * One look, which writes a checkpoint when it is due. One that fails is tried again by the next; the
 * log is told when they begin to fail and when they work again. It never rejects.
 */
export function createCheckpointRound(pool: pg.Pool, log: Logger): () => Promise<void> {
  let isFailing = false;
  return async () => {
    try {
      await checkpointIfDue(pool);
      if (isFailing) log.info('the embedded database writes checkpoints again');
      isFailing = false;
    } catch (error) {
      if (!isFailing) {
        log.error(
          { err: error },
          'the embedded database writes no checkpoints, its log grows meanwhile: it is tried again. ' +
            'Is the disk full?',
        );
      }
      isFailing = true;
    }
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
