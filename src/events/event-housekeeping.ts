import type { Logger } from 'pino';
import type { Database } from '../database/database.ts';
import { createLoggedTask } from '../database/logged-task.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import { repeatTask } from '../lifecycle/repeat-task.ts';

const EVERY_MS = 5 * 60_000;

/**
 * Now and every five minutes: removes old events, and sends a job for endpoints whose deliveries lost theirs.
 *
 * @returns a function that stops it
 */
export function startEventHousekeeping(deps: {
  database: Database;
  queue: JobQueue;
  log: Logger;
}): () => Promise<void> {
  const { database, queue, log } = deps;

  const housekeeping = createLoggedTask(
    log,
    {
      begins: 'housekeeping of events failed, retrying',
      ends: 'housekeeping of events works again',
    },
    async () => {
      const count = await pruneEvents(database);
      if (count > 0) log.info({ count }, 'old events removed');
      await resendStrandedDeliveries(database, queue);
    },
  );
  return repeatTask({ task: housekeeping, everyMs: EVERY_MS });
}

const KEPT_MS = 30 * 86_400_000;
// Deleting an event also deletes its deliveries and their attempts.
const BATCH = 200;

/**
 * Removes events older than 30 days with their deliveries, and previous secrets that have expired.
 *
 * @returns the number of events removed
 */
export async function pruneEvents({ prisma }: Database, now = new Date()): Promise<number> {
  await prisma.eventEndpoint.updateMany({
    where: { previousSecretUntil: { lt: now } },
    data: { previousSecret: null, previousSecretUntil: null },
  });
  const before = new Date(now.getTime() - KEPT_MS);
  let removed = 0;
  for (;;) {
    // Ordered by position, which is indexed: the oldest events have the lowest positions.
    const count = await prisma.$executeRaw`
      DELETE FROM event WHERE created_at < ${before} AND position IN (
        SELECT position FROM event WHERE position IS NOT NULL ORDER BY position LIMIT ${BATCH})`;
    removed += count;
    if (count < BATCH) return removed;
  }
}

const STRANDED_AFTER_MS = 5 * 60_000;

/**
 * Sends a new job for endpoints with deliveries that are long overdue and so may have lost their job. A
 * superfluous job does nothing.
 */
async function resendStrandedDeliveries(
  { prisma }: Database,
  queue: JobQueue,
  now = new Date(),
): Promise<void> {
  const before = new Date(now.getTime() - STRANDED_AFTER_MS);
  await prisma.$transaction(async (tx) => {
    const endpoints = await tx.eventEndpoint.findMany({
      where: {
        state: 'active',
        deliveries: { some: { state: 'pending', nextAttemptAt: { lt: before } } },
      },
      select: { id: true },
      orderBy: { id: 'asc' },
    });
    await queue.send(
      tx,
      'deliver-events',
      endpoints.map(({ id: endpointId }) => ({ payload: { endpointId, at: 'now' } })),
    );
  });
}
