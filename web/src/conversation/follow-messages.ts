import type { LiveEvent } from '../api/live-events.ts';
import type { MessageWindow } from './message-window.ts';

const PAUSE_MS = 500;

/**
 * Keeps the messages that are loaded up to date: adds what arrives, and reads again what changes. At most one round of
 * requests each half second, however much happens.
 *
 * @returns ends it
 */
export function followMessages(
  loaded: MessageWindow,
  on: {
    onEvent: (listener: (event: LiveEvent) => void) => () => void;
    onGap: (listener: () => void) => () => void;
    onArrival: (sids: string[]) => void;
    onError: (error: unknown) => void;
  },
): () => void {
  const changed = new Set<string>();
  let timer: number | undefined;
  let isEnded = false;

  function later(): void {
    timer ??= window.setTimeout(() => void update(), PAUSE_MS);
  }

  async function update(): Promise<void> {
    const sids = [...changed];
    changed.clear();
    try {
      const arrived = await loaded.loadArrivals();
      if (arrived.length > 0 && !isEnded) on.onArrival(arrived);
      for (const sid of sids) if (!arrived.includes(sid)) await loaded.refresh(sid);
    } catch (error) {
      if (!isEnded) on.onError(error);
    } finally {
      timer = undefined;
      if (changed.size > 0 && !isEnded) later();
    }
  }

  const ends = [
    on.onEvent(({ messageSid, mediaSid }) => {
      const sid = messageSid ?? messageOf(loaded, mediaSid);
      if (sid === undefined) return;
      changed.add(sid);
      later();
    }),
    on.onGap(() => {
      for (const { sid } of loaded.messages.value?.slice(-LOOKED_AT) ?? []) changed.add(sid);
      later();
    }),
  ];
  return () => {
    isEnded = true;
    window.clearTimeout(timer);
    for (const end of ends) end();
  };
}

/** Messages that are read again after events may have been missed. */
const LOOKED_AT = 20;

/** The message of an attachment that is loaded: some events name only that. */
function messageOf({ messages }: MessageWindow, mediaSid: string | undefined): string | undefined {
  return messages.value?.find(({ media }) => media.some(({ sid }) => sid === mediaSid))?.sid;
}
