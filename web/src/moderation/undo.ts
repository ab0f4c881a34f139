import { signal } from '@preact/signals';
import { notify } from '../frame/announcements.tsx';
import { strings } from '../strings.ts';

/** What can be taken back at the moment, the latest last: each by its notice, the latest by a key. */
const offers = signal<readonly { undo: () => void }[]>([]);

/**
 * Offers for some time to take something back.
 *
 * @param text what was done
 * @returns takes the offer away
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
  const timer = window.setTimeout(remove, forMs);

  function undo(): void {
    remove();
    void run();
  }

  function remove(): void {
    window.clearTimeout(timer);
    removeNotice();
    offers.value = offers.peek().filter((other) => other !== offer);
  }

  return remove;
}

export function canUndo(): boolean {
  return offers.value.length > 0;
}

/** Takes back what was done last. */
export function undoLatest(): void {
  offers.peek().at(-1)?.undo();
}
