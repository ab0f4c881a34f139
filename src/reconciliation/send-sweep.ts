import type { Database } from '../database/database.ts';
import type { JobQueue } from '../jobs/job-queue.ts';

/** Sends the job of a sweep that is due so many minutes from now; one of its kind that waits stays. */
export async function sendSweep(
  { prisma }: Database,
  queue: JobQueue,
  sweep: 'start' | 'interval',
  minutes: number,
): Promise<void> {
  const startAfter = new Date(Date.now() + minutes * 60_000);
  const payload = { sweep, dueAt: startAfter.toISOString() };
  await prisma.$transaction((tx) => queue.send(tx, 'reconcile', [{ payload, startAfter }]));
}
