import { setTimeout } from 'node:timers/promises';

// What was not read during a pause is not made up for later, but for this long.
const BURST_MS = 100;
const SHORTEST_PAUSE_MS = 5;

/** Resolves when so many bytes may have been read. */
export type KeepRate = (bytes: number, signal: AbortSignal) => Promise<void>;

/** Holds all who read with it together to a rate, which may change. */
export function createReadRate(bytesPerSecond: () => number): KeepRate {
  let dueAt = performance.now();
  return async (bytes, signal) => {
    const now = performance.now();
    dueAt = Math.max(dueAt, now - BURST_MS) + (bytes / bytesPerSecond()) * 1000;
    const pause = dueAt - now;
    if (pause > SHORTEST_PAUSE_MS) await setTimeout(pause, undefined, { signal });
  };
}
