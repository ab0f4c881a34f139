import type { PgBoss } from 'pg-boss';
import type { Logger } from 'pino';
import type { Database } from '../database/database.ts';
import { asError } from '../errors/caught.ts';

const CLOCK_MS = 30_000;

/** Makes jobs run again that a crash or a clock that was set back would keep waiting. */
interface JobRecovery {
  /** @throws when the database cannot be queried */
  start(): Promise<void>;
  stop(): void;
}

/** @param deps.onError called when the clock cannot be read later */
export function createJobRecovery(deps: {
  database: Database;
  boss: PgBoss;
  log: Logger;
  onError: (error: Error) => void;
}): JobRecovery {
  const { database, boss, log } = deps;
  const wasRolledBack = createRollbackCheck();
  let timer: NodeJS.Timeout | undefined;

  // The embedded database has one process: jobs that are still active died with the previous one.
  async function releaseDeadJobs(): Promise<void> {
    if (database.kind !== 'embedded') return;
    const { rows } = await boss
      .getDb()
      .executeSql(
        `SELECT name, array_agg(id::text) AS ids FROM pgboss.job WHERE state = 'active' GROUP BY name`,
      );
    for (const { name, ids } of rows as { name: string; ids: string[] }[]) {
      await boss.fail(name, ids, { message: 'the process ended' });
    }
  }

  async function repairJobTimes(): Promise<void> {
    const { rows } = await boss.getDb().executeSql(REPAIR_JOB_TIMES);
    const [{ count } = { count: 0 }] = rows as { count: number }[];
    if (count > 0)
      log.warn({ count }, "the database's clock was set back: job times were repaired");
  }

  /** Jobs are scheduled on the database's clock. */
  async function watchClock(): Promise<void> {
    try {
      const { rows } = await boss
        .getDb()
        .executeSql('SELECT (extract(epoch FROM now()) * 1000)::float8 AS clock');
      const [{ clock } = { clock: 0 }] = rows as { clock: number }[];
      if (wasRolledBack(clock)) await repairJobTimes();
    } catch (error) {
      deps.onError(asError(error));
    }
  }

  return {
    async start() {
      await repairJobTimes();
      await watchClock();
      timer = setInterval(() => void watchClock(), CLOCK_MS);
      await releaseDeadJobs();
    },
    stop: () => clearInterval(timer),
  };
}

/**
 * Repairs pg-boss' timestamps after the database's clock was set back: earlier timestamps are in the
 * future then, and jobs, leases and pg-boss' own maintenance would wait until that time, an hour or a
 * day. From now on each job waits for its original delay. Safe to run at any time and by several
 * processes.
 */
const REPAIR_JOB_TIMES = `
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
