import type { Logger } from 'pino';
import type { Database } from '../storage/database.ts';
import { pruneEvents } from './prune-events.ts';

const EVERY_MS = 3_600_000;

/**
 * Prunes events at the start and every hour.
 *
 * @returns what ends it
 */
export function startPruning(database: Database, log: Logger): () => Promise<void> {
  const prune = () =>
    pruneEvents(database).then(
      (count) => {
        if (count > 0) log.info({ count }, 'old events removed');
      },
      (error: Error) => log.error({ err: error }, 'old events not removed'),
    );
  let running = prune();
  const timer = setInterval(() => {
    running = running.then(prune);
  }, EVERY_MS);
  return async () => {
    clearInterval(timer);
    await running;
  };
}
