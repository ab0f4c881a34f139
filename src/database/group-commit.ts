interface Waiting<T, R> {
  item: T;
  resolve(result: R): void;
  reject(error: unknown): void;
}

/**
 * Groups items that arrive while a commit is running into the next one, so that under load commits become
 * larger instead of more. When a group fails, each of its items is written by itself, so that none fails
 * because of another.
 *
 * @param write commits a group; its results are in the order of the items. Called again with a single item
 *   after a group failed, also when the outcome of the group's commit is unknown
 * @param options.isOutage whether an error would fail every item: then the whole group fails at once
 * @param options.concurrency concurrent commits
 * @param options.maxSize maximum number of items in a group; larger groups would only make each member wait
 *   longer
 * @param options.delayMs how long an item may wait for further ones before a commit; 0, the default, for not at
 *   all
 */
export function createGroupCommit<T, R>(
  write: (items: readonly T[]) => Promise<readonly R[]>,
  options: {
    concurrency: number;
    maxSize: number;
    delayMs?: (item: T) => number;
    isOutage?: (error: unknown) => boolean;
  },
): (item: T) => Promise<R> {
  const { concurrency, maxSize, delayMs = () => 0, isOutage = () => false } = options;
  const waiting: Waiting<T, R>[] = [];
  let running = 0;
  let delay: NodeJS.Timeout | undefined;

  function schedule(): void {
    if (running >= concurrency || waiting.length === 0) return;
    const isFull = waiting.length >= maxSize;
    const ms = isFull ? 0 : Math.min(...waiting.map(({ item }) => delayMs(item)));
    if (ms === 0) void writeNext();
    else delay ??= setTimeout(() => void writeNext(), ms);
  }

  async function writeNext(): Promise<void> {
    clearTimeout(delay);
    delay = undefined;
    running += 1;
    await writeTogether(waiting.splice(0, maxSize));
    running -= 1;
    schedule();
  }

  async function writeTogether(group: readonly Waiting<T, R>[]): Promise<void> {
    try {
      const results = await write(group.map(({ item }) => item));
      for (const [place, { resolve }] of group.entries()) resolve(results[place] as R);
    } catch (error) {
      if (group.length === 1 || isOutage(error)) for (const { reject } of group) reject(error);
      else for (const alone of group) await writeTogether([alone]);
    }
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      schedule();
    });
}
