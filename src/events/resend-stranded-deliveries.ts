import type { Database } from '../database/database.ts';
import type { JobQueue } from '../jobs/job-queue.ts';

const STRANDED_AFTER_MS = 5 * 60_000;

/**
 * Gives endpoints whose deliveries have long been due, and so may have lost their job, a new one. A job
 * too many does nothing.
 */
export async function resendStrandedDeliveries(
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
