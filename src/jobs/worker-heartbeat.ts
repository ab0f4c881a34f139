import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { Database, Transaction } from '../database/database.ts';
import { isDatabaseOutage } from '../database/server-client.ts';
import { asError } from '../errors/caught.ts';
import { repeatTask } from '../lifecycle/repeat-task.ts';
import { createFailureLog } from '../monitoring/outage-log.ts';
import { PROCESS_NAME } from '../monitoring/process-name.ts';

const BEAT_EVERY_MS = 15_000;

/**
 * Periodically writes to the database that this worker is alive, on the database's clock: the worker's own row, and the
 * last heartbeat of any, which a release before this one reads as well.
 *
 * @param lockName the session lock that this process holds now
 * @returns a function that stops it and removes the worker's row; resolves after the first attempt
 */
export async function startHeartbeat(
  { prisma, ping }: Pick<Database, 'prisma' | 'ping'>,
  lockName: () => string,
  log: Logger,
): Promise<() => Promise<void>> {
  const id = randomUUID();
  const failureLog = createFailureLog(log, {
    begins: 'the worker heartbeat cannot be written, retrying',
    ends: 'the worker heartbeat is written again',
    failuresInARow: 1,
  });
  const beat = async () => {
    try {
      await prisma.$executeRaw`
        WITH any_worker AS (
          INSERT INTO worker_heartbeat (id, at) VALUES (1, now())
          ON CONFLICT (id) DO UPDATE SET at = now()
        )
        INSERT INTO worker_process (id, name, lock_name) VALUES (${id}, ${PROCESS_NAME}, ${lockName()})
        ON CONFLICT (id) DO UPDATE SET seen_at = now(), lock_name = excluded.lock_name`;
      failureLog.answered();
    } catch (error) {
      if (isDatabaseOutage(error)) await ping().catch(() => undefined);
      else failureLog.failed(asError(error));
    }
  };
  await beat();
  const end = repeatTask({ task: beat, everyMs: BEAT_EVERY_MS });
  return async () => {
    await end();
    // Without the database the row stays, as after a kill.
    await prisma.$executeRaw`DELETE FROM worker_process WHERE id = ${id}`.catch(() => undefined);
  };
}

/**
 * Removes the rows of workers that have ended without doing so. Their locks are taken shared, so that a process that looks
 * at the same time (`readWorkers`) does not take this one for the worker.
 */
export async function removeEndedWorkers({
  prisma,
}: {
  prisma: Pick<Transaction, '$executeRaw'>;
}): Promise<void> {
  await prisma.$executeRaw`
    DELETE FROM worker_process WHERE abs(extract(epoch FROM now() - seen_at)) > 3600
      AND pg_try_advisory_xact_lock_shared(hashtextextended(lock_name, 0))`;
}
