import { setTimeout as delay } from 'node:timers/promises';
import type { SimulatedRequest } from './request-log.ts';

const CHECK_MS = 250;
/** Sooner with a short `idleSeconds`. */
const NOTHING_AFTER_MS = 10_000;

/** The media whose bytes were sent completely at least once. */
function fetchedMedia(requests: readonly SimulatedRequest[]): Set<string> {
  const fetched = new Set<string>();
  for (const { server, status, completed, mediaSid } of requests) {
    if (server === 'media' && status === 200 && completed && mediaSid) fetched.add(mediaSid);
  }
  return fetched;
}

/**
 * Waits until every one of `mediaSids` was fetched, `signal` aborts, or nothing has happened for
 * `idleSeconds`: no request, and no completed transfer.
 *
 * @returns how many of them were fetched
 */
export async function awaitFetches(
  mediaSids: readonly string[],
  options: {
    requests: readonly SimulatedRequest[];
    idleSeconds: number;
    signal: AbortSignal;
    onProgress(fetched: number): void;
    /** Called once, when no request came for ten seconds. */
    onNothing(): void;
  },
): Promise<number> {
  const { requests, idleSeconds, signal, onProgress, onNothing } = options;
  let reported = 0;
  let seenRequests = -1;
  let movedAt = Date.now();
  const nothingAfterMs = Math.min(NOTHING_AFTER_MS, idleSeconds * 500);
  let isToldOfNothing = false;

  for (;;) {
    const all = fetchedMedia(requests);
    const fetched = mediaSids.filter((sid) => all.has(sid)).length;
    if (fetched !== reported || requests.length !== seenRequests) movedAt = Date.now();
    if (fetched !== reported) onProgress(fetched);
    reported = fetched;
    seenRequests = requests.length;

    if (!isToldOfNothing && requests.length === 0 && Date.now() - movedAt >= nothingAfterMs) {
      isToldOfNothing = true;
      onNothing();
    }
    const idle = Date.now() - movedAt >= idleSeconds * 1000;
    if (fetched === mediaSids.length || idle || signal.aborted) return fetched;
    // An abort only ends the pause early; the loop checks the signal.
    await delay(CHECK_MS, undefined, { signal }).catch(() => undefined);
  }
}
