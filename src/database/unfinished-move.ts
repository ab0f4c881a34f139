import { AppError } from '../errors/app-error.ts';
import { commandLine } from '../lifecycle/command-line.ts';

/** The schema in which `move` (src/move) keeps its state, in the database that it fills. */
export const MOVE_SCHEMA = 'mms_inbox_move';

/**
 * Rejects a database that `move` has not filled completely: it lacks rows, files and foreign keys.
 *
 * @param query asks the server of DATABASE_URL; resolves with the rows
 * @throws AppError `unavailable`
 */
export async function requireNoUnfinishedMove(
  query: (sql: string) => Promise<unknown[]>,
): Promise<void> {
  const found = await query(`SELECT WHERE to_regclass('${MOVE_SCHEMA}.state') IS NOT NULL`);
  if (found.length === 0) return;
  const unfinished = await query(`SELECT FROM ${MOVE_SCHEMA}.state WHERE state <> 'done'`);
  if (unfinished.length === 0) return;
  throw new AppError(
    'unavailable',
    'The database of DATABASE_URL is the target of a move that has not ended. With the settings of before and the ' +
      `server stopped, run \`${commandLine('move')}\` once more: it continues, and prints what to set.`,
  );
}
