import { signal } from '@preact/signals';
import { notify } from '../frame/announcements.tsx';
import { strings } from '../strings.ts';

/** What can be taken back at the moment, the latest last: each by its notice, the latest by a key. */
const offers = signal<readonly { undo: () => void }[]>([]);
/** Whether something could be taken back that no longer can. */
let isTooLate = false;
/** What is on its way to the server, and will be offered then. */
const begun = signal<readonly Promise<unknown>[]>([]);

/**
 * Does something that offers to be taken back. Whoever wants that at once, before the server has answered, means this and not
 * what was done before.
 */
export async function doUndoably<T>(run: () => Promise<T>): Promise<T> {
  const doing = run();
  begun.value = [...begun.peek(), doing];
  try {
    return await doing;
  } finally {
    begun.value = begun.peek().filter((other) => other !== doing);
  }
}

/**
 * Offers for some time to take something back.
 *
 * @param text what was done
 * @returns takes the offer away, when it is too late
 */
export function offerUndo({
  text,
  forMs,
  run,
}: {
  text: string;
  forMs: number;
  run: () => Promise<void>;
}): () => void {
  const offer = { undo };
  const removeNotice = notify({ text, forMs, action: { label: strings.acts.undo, run: undo } });
  offers.value = [...offers.peek(), offer];
  const timer = window.setTimeout(expire, forMs);

  function undo(): void {
    remove();
    void run();
  }

  function remove(): void {
    window.clearTimeout(timer);
    removeNotice();
    offers.value = offers.peek().filter((other) => other !== offer);
  }

  function expire(): void {
    if (!offers.peek().includes(offer)) return;
    isTooLate = true;
    remove();
  }

  return expire;
}

export function canUndo(): boolean {
  return offers.value.length > 0 || begun.value.length > 0;
}

/** Of the last act that could be taken back; nothing when there was none. */
export function sayTooLate(): void {
  if (isTooLate) notify({ text: strings.acts.tooLate });
}

/** Takes back what was done last; nothing when that has not worked. */
export async function undoLatest(): Promise<void> {
  const before = offers.peek().at(-1);
  const isBegun = begun.peek().length > 0;
  await Promise.allSettled(begun.peek());
  const latest = offers.peek().at(-1);
  if (isBegun && latest === before) return;
  latest?.undo();
}
