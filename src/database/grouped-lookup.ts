import { setImmediate } from 'node:timers/promises';

interface Waiting<T> {
  key: string;
  resolve: (found: T | undefined) => void;
  reject: (error: unknown) => void;
}

/**
 * Batches lookups by key: concurrent callers share one statement, so that many cost the database little
 * more than one (measured: docs/performance.md). No caller gets a result that was read before its call: a
 * deletion or a revocation takes effect immediately.
 *
 * @param readAll reads the rows of several keys
 */
export function createGroupedLookup<T>(
  readAll: (keys: string[]) => Promise<Map<string, T>>,
): (key: string) => Promise<T | undefined> {
  let waiting: Waiting<T>[] = [];
  let isRunning = false;

  async function serve(group: Waiting<T>[]): Promise<void> {
    try {
      const found = await readAll(group.map(({ key }) => key));
      for (const { key, resolve } of group) resolve(found.get(key));
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }

  async function run(): Promise<void> {
    isRunning = true;
    while (waiting.length > 0) {
      // Queries of the embedded database may not yield to the event loop: let pending callers join first.
      await setImmediate();
      const group = waiting;
      waiting = [];
      await serve(group);
    }
    isRunning = false;
  }

  return (key) =>
    new Promise((resolve, reject) => {
      waiting.push({ key, resolve, reject });
      if (!isRunning) void run();
    });
}
