import type { Logger } from 'pino';
import type { Database } from '../database/database.ts';
import { createLoggedTask } from '../database/logged-task.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import { repeatTask } from '../lifecycle/repeat-task.ts';

const EVERY_MS = 5 * 60_000;

/**
 * Now and every five minutes: removes old events, and wakes endpoints whose deliveries lost their job.
 *
 * @returns what ends it
 */
export function startEventHousekeeping(deps: {
  database: Database;
  queue: JobQueue;
  log: Logger;
}): () => Promise<void> {
  const { database, queue, log } = deps;

  const keepHouse = createLoggedTask(
    log,
    {
      begins: 'housekeeping of events failed, tried again',
      ends: 'housekeeping of events works again',
    },
    async () => {
      const count = await pruneEvents(database);
      if (count > 0) log.info({ count }, 'old events removed');
      await resendStrandedDeliveries(database, queue);
    },
  );
  return repeatTask({ task: keepHouse, everyMs: EVERY_MS });
}

const KEPT_MS = 30 * 86_400_000;
// Each takes its deliveries and their attempts along.
const BATCH = 200;

/**
 * Removes events that are 30 days old, with their deliveries, and secrets that sign no more.
 *
 * @returns how many events
 */
export async function pruneEvents({ prisma }: Database, now = new Date()): Promise<number> {
  await prisma.eventEndpoint.updateMany({
    where: { previousSecretUntil: { lt: now } },
    data: { previousSecret: null, previousSecretUntil: null },
  });
  const before = new Date(now.getTime() - KEPT_MS);
  let removed = 0;
  for (;;) {
    // The oldest are first in the order of positions, which has an index.
    const count = await prisma.$executeRaw`
      DELETE FROM event WHERE created_at < ${before} AND position IN (
        SELECT position FROM event WHERE position IS NOT NULL ORDER BY position LIMIT ${BATCH})`;
    removed += count;
    if (count < BATCH) return removed;
  }
}

const STRANDED_AFTER_MS = 5 * 60_000;

/**
 * Gives endpoints whose deliveries have long been due, and so may have lost their job, a new one. A job
 * too many does nothing.
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
