import { signal } from '@preact/signals';
import { api, bodyOf } from '../api/client.ts';
import { onLiveEvent, onMissedEvents } from '../api/live-events.ts';
import type { Queue } from '../api/types.ts';

/** What waits; undefined until it was read. */
export const queues = signal<readonly Queue[]>();
/** Why it could not be read. */
export const queuesProblem = signal<Error>();

/** Many events come at once. */
const AFTER_EVENT_MS = 1000;
/** Claims and the time that something waits have no events. */
const EVERY_MS = 15_000;

let users = 0;
let end: (() => void) | undefined;

/**
 * Keeps the counts as they are on the server, while somebody looks at them.
 *
 * @returns ends it
 */
export function followQueues(): () => void {
  users += 1;
  end ??= begin();
  return () => {
    users -= 1;
    if (users > 0) return;
    end?.();
    end = undefined;
  };
}

function begin(): () => void {
  let timer: number | undefined;
  let isEnded = false;

  function readAfter(ms: number): void {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void read(), ms);
  }

  async function read(): Promise<void> {
    if (!document.hidden) await refreshQueues();
    if (!isEnded) readAfter(EVERY_MS);
  }

  // Not put off by the next event.
  let isAwaited = false;
  const soon = () => {
    if (isAwaited) return;
    isAwaited = true;
    window.setTimeout(() => {
      isAwaited = false;
      if (!isEnded) void read();
    }, AFTER_EVENT_MS);
  };
  const isBack = () => {
    if (!document.hidden) readAfter(0);
  };
  const ends = [onLiveEvent(soon), onMissedEvents(soon)];
  document.addEventListener('visibilitychange', isBack);
  void read();
  return () => {
    isEnded = true;
    window.clearTimeout(timer);
    document.removeEventListener('visibilitychange', isBack);
    for (const stop of ends) stop();
  };
}

/** Reads them once. */
export async function refreshQueues(): Promise<void> {
  try {
    queues.value = bodyOf(await api.GET('/api/v1/queues')).items;
    queuesProblem.value = undefined;
  } catch (error) {
    queuesProblem.value = error as Error;
  }
}
