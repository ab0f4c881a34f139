/**
 * Mends the times that pg-boss keeps, after the database's clock was set back: what was written before
 * lies in the future then, and jobs, leases and pg-boss' own rounds would wait until that has come, an
 * hour or a day. Each job waits as long as it was meant to from now on. Safe to run at any time, and by
 * several processes.
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
    (SELECT * FROM waiting UNION ALL SELECT * FROM retried UNION ALL SELECT * FROM running) AS mended`;

// Smaller steps are how clocks are kept right.
const STEP_MS = 5000;

/**
 * Tells when a clock was set back since it was last looked at.
 *
 * @param monotonic milliseconds that only ever go on, as `performance.now`
 * @returns to be called with the clock's time in milliseconds, now and then
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
