import type { Logger } from 'pino';
import type { Database } from '../database/database.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import { repeatInTurn } from '../lifecycle/repeat-task.ts';
import { createLoggedTask } from '../monitoring/outage-log.ts';
import { pruneEvents } from './prune-events.ts';
import { resendStrandedDeliveries } from './resend-stranded-deliveries.ts';

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
  return repeatInTurn({ task: keepHouse, everyMs: EVERY_MS });
}
