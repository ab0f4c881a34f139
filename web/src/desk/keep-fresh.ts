import { onLiveEvent, onMissedEvents } from '../api/live-events.ts';

/** Many events come at once. */
const AFTER_EVENT_MS = 1000;
/** Not everything that is shown has events. */
const EVERY_MS = 15_000;

/**
 * Reads something now, after events and from time to time, while the tab is seen.
 *
 * @param read throws nothing
 * @returns ends it
 */
export function keepFresh(read: () => Promise<void>): () => void {
  let timer: number | undefined;
  let isEnded = false;

  function readAfter(ms: number): void {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void readSeen(), ms);
  }

  async function readSeen(): Promise<void> {
    if (!document.hidden) await read();
    if (!isEnded) readAfter(EVERY_MS);
  }

  // Not put off by the next event.
  let isAwaited = false;
  const soon = () => {
    if (isAwaited) return;
    isAwaited = true;
    window.setTimeout(() => {
      isAwaited = false;
      if (!isEnded) void readSeen();
    }, AFTER_EVENT_MS);
  };
  const isBack = () => {
    if (!document.hidden) readAfter(0);
  };
  const ends = [onLiveEvent(soon), onMissedEvents(soon)];
  document.addEventListener('visibilitychange', isBack);
  void readSeen();
  return () => {
    isEnded = true;
    window.clearTimeout(timer);
    document.removeEventListener('visibilitychange', isBack);
    for (const stop of ends) stop();
  };
}
