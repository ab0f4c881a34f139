import { setTimeout } from 'node:timers/promises';
import type { Database } from '../database/database.ts';

const PAUSE_MS = 500;

/**
 * Waits until the database answers, or the process stops. Never rejects.
 *
 * A job that failed because the database was down is handed back only then: pg-boss asks once, and what
 * it could not write would be found no sooner than the job's lease has run out.
 */
export async function awaitDatabase(
  { ping }: Pick<Database, 'ping'>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const answers = await ping().then(
      () => true,
      () => false,
    );
    if (answers) return;
    await setTimeout(PAUSE_MS, undefined, { signal }).catch(() => undefined);
  }
}
