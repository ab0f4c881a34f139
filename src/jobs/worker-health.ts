import type { Database, Transaction } from '../database/database.ts';
import type { ReadinessCheck } from '../monitoring/readiness.ts';
import { type DueJobs, readDueJobs } from './due-jobs.ts';
import type { JobName } from './job-list.ts';

// Several missed heartbeats.
const GONE_AFTER_SECONDS = 60;
/** Jobs that should begin soon after they are due; others wait for them on purpose. */
const URGENT: readonly JobName[] = ['fetch-media', 'preview-media', 'run-act', 'deliver-events'];
const LATE_SECONDS = 60;

/** How many workers report regularly, and those that do not although their process holds its session lock. */
export interface Workers {
  /** When any worker has last reported, on the database's clock, and how many seconds ago; null for never. */
  lastSeen: { at: Date; seconds: number } | null;
  alive: number;
  /** What hangs first comes first. */
  hanging: { name: string; seenAt: Date }[];
}

/**
 * Reads the workers of the deployment: a row for each, and a look at the session locks of those that are silent. The
 * lock is taken shared, so that processes that look at the same time are not taken for the worker.
 */
export async function readWorkers({
  prisma,
}: {
  prisma: Pick<Transaction, '$queryRaw'>;
}): Promise<Workers> {
  // After the clock was set back a heartbeat is in the future until the next one.
  const [beats, rows] = [
    await prisma.$queryRaw<{ at: Date; seconds: number }[]>`
      SELECT at, abs(extract(epoch FROM now() - at))::float8 AS seconds FROM worker_heartbeat`,
    await prisma.$queryRaw<{ name: string; seenAt: Date; isAlive: boolean }[]>`
      WITH known AS MATERIALIZED (
        SELECT name, lock_name, seen_at, abs(extract(epoch FROM now() - seen_at)) <= ${GONE_AFTER_SECONDS} AS is_alive
        FROM worker_process
      )
      SELECT name, seen_at AS "seenAt", is_alive AS "isAlive" FROM known
      WHERE is_alive OR NOT pg_try_advisory_xact_lock_shared(hashtextextended(lock_name, 0))
      ORDER BY seen_at`,
  ];
  return {
    lastSeen: beats[0] ?? null,
    alive: rows.filter(({ isAlive }) => isAlive).length,
    hanging: rows.filter(({ isAlive }) => !isAlive),
  };
}

/**
 * What `/readyz` reports when no worker of any process has been alive for 60 seconds, or one hangs, and when urgent jobs
 * have been due for as long: webhooks are answered without a worker, but nothing is downloaded.
 *
 * While the database is away no worker can report and no job can begin, so neither is missed within 60 seconds of that.
 *
 * @param uptimeSeconds of this process: after its start, workers have 60 seconds of it to start as well
 */
export function workersHealth(
  database: Pick<Database, 'prisma'>,
  uptimeSeconds: () => number = () => process.uptime(),
): { workers: ReadinessCheck; jobs: ReadinessCheck } {
  let unansweredAt = Number.NEGATIVE_INFINITY;

  /** A database outage is reported by its own check. */
  function unlessOut(check: () => Promise<string | undefined>): ReadinessCheck {
    return async () => {
      try {
        const found = await check();
        return uptimeSeconds() - unansweredAt <= GONE_AFTER_SECONDS ? undefined : found;
      } catch {
        unansweredAt = uptimeSeconds();
        return undefined;
      }
    };
  }

  async function checkWorkers(): Promise<string | undefined> {
    const { lastSeen, hanging } = await readWorkers(database);
    const seconds = lastSeen?.seconds ?? uptimeSeconds();
    if (seconds > GONE_AFTER_SECONDS) {
      const gone =
        lastSeen === null
          ? 'no worker was ever alive'
          : `no worker has been alive since ${lastSeen.at.toISOString()}`;
      const [oldest] = await readDueJobs(database);
      const since = oldest?.oldestDueAt.toISOString();
      return `${gone}; ${since === undefined ? 'no job waits' : `jobs wait since ${since}`}`;
    }
    if (hanging.length === 0) return undefined;
    return hanging
      .map(({ name, seenAt }) => `${name} hangs: it has not reported since ${seenAt.toISOString()}`)
      .join('; ');
  }

  async function checkJobs(): Promise<string | undefined> {
    const late = lateJobs(await readDueJobs(database));
    if (late.length === 0 || uptimeSeconds() <= LATE_SECONDS) return undefined;
    return late.map((jobs) => `${jobs.name} since ${jobs.oldestDueAt.toISOString()}`).join(', ');
  }

  return { workers: unlessOut(checkWorkers), jobs: unlessOut(checkJobs) };
}

function lateJobs(due: readonly DueJobs[]): DueJobs[] {
  return due.filter(({ name, seconds }) => URGENT.includes(name) && seconds > LATE_SECONDS);
}
