import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Database } from '../database/database.ts';
import { isDatabaseOutage } from '../database/server-client.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import { createTroubleLog } from '../monitoring/outage-log.ts';
import { publishEvents } from './publish-events.ts';

const EVERY_MS = 1000;

/**
 * Publishes events once a second, in every process: who writes an event neither waits for readers nor
 * knows whether there are any (docs/adr/0014-events.md).
 *
 * @returns what ends it
 */
export function startPublishing(deps: {
  database: Database;
  queue: JobQueue;
  log: Logger;
}): () => Promise<void> {
  const { database, queue, log } = deps;
  const stopping = new AbortController();
  const trouble = createTroubleLog(log, {
    begins: 'events are not published, tried again',
    ends: 'events are published again',
    failuresInARow: 1,
  });

  async function publishAll(): Promise<void> {
    try {
      while (!stopping.signal.aborted && (await publishEvents(database, queue)) > 0);
      database.outage.pool.answered();
      trouble.answered();
    } catch (error) {
      if (!isDatabaseOutage(error)) trouble.failed(error as Error);
      // It logs an outage, when that begins and when it is over.
      await database.ping().catch(() => undefined);
    }
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      await publishAll();
      await wait(EVERY_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  const running = run();
  return async () => {
    stopping.abort();
    await running;
  };
}
