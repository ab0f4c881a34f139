import type { Logger } from 'pino';
import type { Database } from '../database/database.ts';
import { createLoggedTask } from '../database/logged-task.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import { repeatTask } from '../lifecycle/repeat-task.ts';
import { EXPORT_PRIORITY } from './exports.ts';

const EVERY_MS = 5 * 60_000;
/** An export stays in the list for so long after it has expired. */
const KEPT_MS = 7 * 86_400_000;
const JOBS_PER_BATCH = 200;

/**
 * Regularly expires exports, removes those that expired a week ago, and queues lost jobs again.
 *
 * @returns a function that stops it
 */
export function startExportHousekeeping(deps: {
  database: Database;
  queue: JobQueue;
  log: Logger;
}): () => Promise<void> {
  const { database, queue, log } = deps;
  const task = createLoggedTask(
    log,
    { begins: 'exports cannot be expired, retrying', ends: 'exports are expired again' },
    async () => {
      await expireExports(database);
      await resendExports(database, queue);
    },
  );
  return repeatTask({ task, everyMs: EVERY_MS });
}

/** An expired export keeps its counts, but no selection. */
export async function expireExports({ prisma }: Database): Promise<void> {
  const now = Date.now();
  await prisma.mediaExport.deleteMany({ where: { expiresAt: { lt: new Date(now - KEPT_MS) } } });
  await prisma.mediaExport.updateMany({
    where: { expiresAt: { lte: new Date(now) }, state: { not: 'expired' } },
    data: { state: 'expired', sids: [], unreadable: [], revealed: [] },
  });
}

/** A surplus job does nothing, because the row decides; one that still waits is not duplicated. */
async function resendExports({ prisma }: Database, queue: JobQueue): Promise<void> {
  let after = '';
  for (;;) {
    // The states are not parameters: otherwise the partial index could not be used.
    const batch = await prisma.$queryRaw<{ id: string }[]>`
      SELECT id FROM media_export
      WHERE (state = 'waiting' OR state = 'running') AND id > ${after}
      ORDER BY id LIMIT ${JOBS_PER_BATCH}`;
    const jobs = batch.map((payload) => ({ payload, priority: EXPORT_PRIORITY }));
    await prisma.$transaction((tx) => queue.sendMissing(tx, 'make-export', jobs));
    const last = batch.at(-1);
    if (last === undefined || batch.length < JOBS_PER_BATCH) return;
    after = last.id;
  }
}
