import { performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

// V8 keeps the pages that a collection empties, for what comes next: some 80 MB after a few thousand
// messages, for as long as nothing comes. Only a last-resort collection returns them to the system.

const LOOK_EVERY_MS = 15_000;
// Shares of the time in which the event loop ran something.
const BUSY = 0.2;
const IDLE = 0.05;

/** Collects the whole heap of this thread and returns its free pages. Blocks the thread, for some 100 ms. */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}

/**
 * Collects the garbage of this thread each time that it has become idle after work. Does not keep the process
 * alive.
 *
 * @returns ends it
 */
export function collectWhenIdle(collect: () => void = collectGarbage): () => void {
  let last = performance.eventLoopUtilization();
  let hasWorked = true;
  const timer = setInterval(() => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, last);
    last = now;
    if (utilization > BUSY) hasWorked = true;
    if (!hasWorked || utilization > IDLE) return;
    hasWorked = false;
    collect();
  }, LOOK_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
