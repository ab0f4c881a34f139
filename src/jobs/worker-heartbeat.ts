import type { Logger } from 'pino';
import type { Database } from '../database/database.ts';
import { isDatabaseOutage } from '../database/server-client.ts';
import { asError } from '../errors/caught.ts';
import { repeatTask } from '../lifecycle/repeat-task.ts';
import { createFailureLog } from '../monitoring/outage-log.ts';
import type { ReadinessCheck } from '../monitoring/readiness.ts';

const BEAT_EVERY_MS = 15_000;
// Several that are missed, and more than a restart takes.
const GONE_AFTER_SECONDS = 90;

/**
 * Writes into the database, again and again, that a worker is alive. Nothing is written at its end: a
 * process that is killed could not either.
 *
 * @returns once the first was tried: what ends it
 */
export async function startHeartbeat(
  { prisma, ping }: Pick<Database, 'prisma' | 'ping'>,
  log: Logger,
): Promise<() => Promise<void>> {
  const trouble = createFailureLog(log, {
    begins: 'that a worker is alive could not be written',
    ends: 'that a worker is alive is written again',
    failuresInARow: 1,
  });
  const beat = async () => {
    try {
      await prisma.$executeRaw`
        INSERT INTO worker_heartbeat (id, at) VALUES (1, now())
        ON CONFLICT (id) DO UPDATE SET at = now()`;
      trouble.answered();
    } catch (error) {
      if (isDatabaseOutage(error)) await ping().catch(() => undefined);
      else trouble.failed(asError(error));
    }
  };
  await beat();
  return repeatTask({ task: beat, everyMs: BEAT_EVERY_MS });
}

/**
 * What `/readyz` says when no worker has been alive for 90 seconds, of any process: webhooks are
 * answered without one, but nothing is fetched.
 *
 * @param uptimeSeconds of this process: before any worker was ever alive, one has as long to come
 */
export function workersHealth(
  { prisma }: Database,
  uptimeSeconds: () => number = () => process.uptime(),
): ReadinessCheck {
  async function look(): Promise<string | undefined> {
    const [last] = await prisma.$queryRaw<{ at: Date; seconds: number }[]>`
      SELECT at, extract(epoch FROM now() - at)::float8 AS seconds FROM worker_heartbeat`;
    // A clock that was set back leaves one in the future, until the next.
    const seconds = last === undefined ? uptimeSeconds() : Math.abs(last.seconds);
    if (seconds <= GONE_AFTER_SECONDS) return undefined;
    const gone =
      last === undefined
        ? 'no worker was ever alive'
        : `no worker has been alive since ${last.at.toISOString()}`;
    return `${gone}; ${await oldestJob()}`;
  }

  async function oldestJob(): Promise<string> {
    const [{ since }] = await prisma.$queryRaw<[{ since: Date | null }]>`
      SELECT min(start_after) AS since FROM pgboss.job
      WHERE state < 'active' AND NOT blocked AND start_after <= now()`;
    return since === null ? 'no job waits' : `jobs wait since ${since.toISOString()}`;
  }

  // A database that does not answer is told by its own check.
  return () => look().catch(() => undefined);
}
