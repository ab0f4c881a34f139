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

/**
 * Repairs pg-boss' timestamps after the database's clock was set back: earlier timestamps are in the
 * future then, and jobs, leases and pg-boss' own maintenance would wait until that time, an hour or a
 * day. From now on each job waits for its original delay. Safe to run at any time and by several
 * processes.
 */
export const REPAIR_JOB_TIMES = `
  WITH waiting AS (
    UPDATE pgboss.job SET start_after = now() + (start_after - created_on), created_on = now()
    WHERE state = 'created' AND created_on > now() + interval '1 minute'
    RETURNING 1
  ), retried AS (
    UPDATE pgboss.job SET start_after = now()
    WHERE state = 'retry' AND start_after > now() + interval '5 minutes'
    RETURNING 1
  ), running AS (
    UPDATE pgboss.job SET heartbeat_on = now()
    WHERE state = 'active' AND heartbeat_on > now() + interval '1 minute'
    RETURNING 1
  ), rounds AS (
    UPDATE pgboss.queue SET monitor_claim_on = now() - interval '1 hour', maintain_on = NULL
    WHERE greatest(monitor_claim_on, monitor_on, maintain_on) > now() + interval '1 minute'
  )
  SELECT count(*)::int AS count FROM
    (SELECT * FROM waiting UNION ALL SELECT * FROM retried UNION ALL SELECT * FROM running) AS repaired`;

// Smaller steps are normal clock corrections.
const STEP_MS = 5000;

/**
 * Detects that a clock was set back since the previous check.
 *
 * @param monotonic monotonic milliseconds, such as `performance.now`
 * @returns the check: call it periodically with the clock's time in milliseconds
 */
export function createRollbackCheck(
  monotonic: () => number = () => performance.now(),
): (clock: number) => boolean {
  let ahead: number | null = null;
  return (clock) => {
    const before = ahead;
    ahead = clock - monotonic();
    return before !== null && before - ahead > STEP_MS;
  };
}
