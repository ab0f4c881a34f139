import { setImmediate, setTimeout } from 'node:timers';
import DataLoader from 'dataloader';

/**
 * Looks up rows by a key. Callers that arrive while a statement runs share the next one, so many at once
 * cost the database little more than one (measured: docs/performance.md). Nothing is cached: a deletion or
 * a revocation is final at once.
 *
 * @param readAll reads the rows of several keys
 * @param waitMs how long the first caller waits for others
 */
export function createGroupedLookup<T>(
  readAll: (keys: readonly string[]) => Promise<Map<string, T>>,
  { waitMs = 0 } = {},
): (key: string) => Promise<T | undefined> {
  let running: Promise<unknown> = Promise.resolve();
  const loader = new DataLoader<string, T | undefined>(
    async (keys) => {
      const reading = readAll(keys);
      running = reading.catch(() => undefined);
      const found = await reading;
      return keys.map((key) => found.get(key));
    },
    {
      cache: false,
      // Requests that have arrived and are not read yet join the batch.
      batchScheduleFn(dispatch) {
        void running.then(() => {
          if (waitMs > 0) setTimeout(dispatch, waitMs);
          else setImmediate(dispatch);
        });
      },
    },
  );
  return (key) => loader.load(key);
}
