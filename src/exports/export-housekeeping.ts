import type { Logger } from 'pino';
import type { Database } from '../database/database.ts';
import { createLoggedTask } from '../database/logged-task.ts';
import { PATIENT } from '../jobs/job-list.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import { resendJobs } from '../jobs/resend-jobs.ts';
import { repeatTask } from '../lifecycle/repeat-task.ts';

const EVERY_MS = 5 * 60_000;
/** An export stays in the list for so long after it has expired. */
const KEPT_MS = 7 * 86_400_000;

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

/** Of unfinished ones. */
function resendExports(database: Database, queue: JobQueue): Promise<void> {
  return resendJobs(
    database,
    queue,
    'make-export',
    // The states are not parameters: otherwise the partial index could not be used.
    (after, most) => database.prisma.$queryRaw<{ id: string }[]>`
      SELECT id FROM media_export
      WHERE (state = 'waiting' OR state = 'running') AND id > ${after}
      ORDER BY id LIMIT ${most}`,
    (payload) => ({ place: payload.id, job: { payload, priority: PATIENT } }),
  );
}
