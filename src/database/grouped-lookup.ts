import { setImmediate } from 'node:timers/promises';

interface Waiting<T> {
  key: string;
  resolve: (found: T | undefined) => void;
  reject: (error: unknown) => void;
}

/**
 * Looks up rows one at a time, so that callers who arrive together share one statement, and many at once
 * cost the database little more than one (measured: docs/performance.md). None sees what was read before
 * it asked: a deletion or a revocation is final at once.
 *
 * @param readAll reads the rows of some keys
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
      // The embedded database does not let go of the event loop: let in who is at the door first.
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
