import type { Logger } from 'pino';
import type { Database } from '../database/database.ts';
import { isDatabaseOutage } from '../database/server-client.ts';
import { asError } from '../errors/caught.ts';
import { repeatTask } from '../lifecycle/repeat-task.ts';
import { createFailureLog } from '../monitoring/outage-log.ts';
import type { ReadinessCheck } from '../monitoring/readiness.ts';

const BEAT_EVERY_MS = 15_000;
// Several missed heartbeats, and longer than a restart takes.
const GONE_AFTER_SECONDS = 90;

/**
 * Periodically writes to the database that a worker is alive. Nothing is written at its end, because a
 * killed process could not do so either.
 *
 * @returns a function that stops it; resolves after the first attempt
 */
export async function startHeartbeat(
  { prisma, ping }: Pick<Database, 'prisma' | 'ping'>,
  log: Logger,
): Promise<() => Promise<void>> {
  const failureLog = createFailureLog(log, {
    begins: 'the worker heartbeat cannot be written, retrying',
    ends: 'the worker heartbeat is written again',
    failuresInARow: 1,
  });
  const beat = async () => {
    try {
      await prisma.$executeRaw`
        INSERT INTO worker_heartbeat (id, at) VALUES (1, now())
        ON CONFLICT (id) DO UPDATE SET at = now()`;
      failureLog.answered();
    } catch (error) {
      if (isDatabaseOutage(error)) await ping().catch(() => undefined);
      else failureLog.failed(asError(error));
    }
  };
  await beat();
  return repeatTask({ task: beat, everyMs: BEAT_EVERY_MS });
}

/**
 * What `/readyz` reports when no worker of any process has been alive for 90 seconds: webhooks are
 * answered without a worker, but nothing is downloaded.
 *
 * @param uptimeSeconds of this process: before the first heartbeat, a worker has 90 seconds of it to start
 */
export function workersHealth(
  { prisma }: Database,
  uptimeSeconds: () => number = () => process.uptime(),
): ReadinessCheck {
  async function checkHeartbeat(): Promise<string | undefined> {
    const [last] = await prisma.$queryRaw<{ at: Date; seconds: number }[]>`
      SELECT at, extract(epoch FROM now() - at)::float8 AS seconds FROM worker_heartbeat`;
    // After the clock was set back the heartbeat is in the future until the next one.
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

  // A database outage is reported by its own check.
  return () => checkHeartbeat().catch(() => undefined);
}
