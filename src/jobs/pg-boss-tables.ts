import pTimeout from 'p-timeout';
import type { PgBoss } from 'pg-boss';

// A half-open connection never answers: the next query uses another one.
const TIMEOUT = {
  milliseconds: 5000,
  message: 'The query for due jobs timed out after 5 s',
};

/**
 * Notifications are sent for new jobs, not for deferred jobs that become due. One small query for all
 * queues finds those: one query per worker would keep an idle database busy.
 *
 * @param wake called with each queue that has a job to run
 * @param onError called with the error of a query that failed or had no answer within 5 seconds
 * @returns a function that stops it; resolves once no query is running, or it has timed out
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
  let polling = Promise.resolve();

  async function poll(): Promise<void> {
    const { rows } = await db.executeSql(
      `SELECT queue AS name FROM unnest($1::text[]) AS queue WHERE EXISTS (
        SELECT FROM pgboss.job WHERE name = queue AND state < 'active' AND start_after <= now()
      )`,
      [names],
    );
    if (ended) return;
    for (const { name } of rows as { name: string }[]) wake(name);
  }

  function schedule(): void {
    if (ended) return;
    timer = setTimeout(() => {
      polling = pTimeout(poll(), TIMEOUT).catch(onError).finally(schedule);
    }, everyMs);
  }

  schedule();
  return async () => {
    ended = true;
    clearTimeout(timer);
    await polling;
  };
}

/** The channel on which pg-boss notifies of new jobs; the payload is the name of their queue. */
export async function notificationChannel(boss: PgBoss): Promise<string> {
  const { rows } = await boss
    .getDb()
    .executeSql(`SELECT 'pgboss_' || left(encode(sha224('pgboss'::bytea), 'hex'), 24) AS channel`);
  return (rows as { channel: string }[])[0]?.channel ?? '';
}
