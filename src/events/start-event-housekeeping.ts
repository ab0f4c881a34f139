import type { Logger } from 'pino';
import { createLoggedTask } from '../http/outage-log.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import { repeatInTurn } from '../repeat-in-turn.ts';
import type { Database } from '../storage/database.ts';
import { resendStrandedDeliveries } from './deliveries/resend-stranded-deliveries.ts';
import { pruneEvents } from './prune-events.ts';

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
