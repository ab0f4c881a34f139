import pTimeout from 'p-timeout';
import type { PgBoss } from 'pg-boss';

// A connection that was cut off silently never answers: the next query takes another one.
const TIMEOUT = {
  milliseconds: 5000,
  message: 'The database did not say within 5 s which jobs are due',
};

/**
 * Jobs are announced when they are sent, not when a deferred one falls due. One small query for all
 * queues finds those: a query per worker would keep an idle database busy.
 *
 * @param wake called with each queue that has a job to run
 * @param onError called with a query that failed, or had no answer within 5 seconds
 * @returns ends it; resolves once no query is running, or it has timed out
 */
export function wakeForDueJobs({
  db,
  names,
  everyMs,
  wake,
  onError,
}: {
  db: Pick<ReturnType<PgBoss['getDb']>, 'executeSql'>;
  names: string[];
  everyMs: number;
  wake: (name: string) => void;
  onError: (error: Error) => void;
}): () => Promise<void> {
  let ended = false;
  let timer: NodeJS.Timeout | undefined;
  let asking = Promise.resolve();

  async function ask(): Promise<void> {
    const { rows } = await db.executeSql(
      `SELECT queue AS name FROM unnest($1::text[]) AS queue WHERE EXISTS (
        SELECT FROM pgboss.job WHERE name = queue AND state < 'active' AND start_after <= now()
      )`,
      [names],
    );
    if (ended) return;
    for (const { name } of rows as { name: string }[]) wake(name);
  }

  function plan(): void {
    if (ended) return;
    timer = setTimeout(() => {
      asking = pTimeout(ask(), TIMEOUT).catch(onError).finally(plan);
    }, everyMs);
  }

  plan();
  return async () => {
    ended = true;
    clearTimeout(timer);
    await asking;
  };
}
