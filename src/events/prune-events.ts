import type { Database } from '../database/database.ts';

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
