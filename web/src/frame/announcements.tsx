import { signal } from '@preact/signals';
import { strings } from '../strings.ts';
import { IconButton } from './icons.tsx';

/** A message at the edge of the page, which is read aloud, too. */
export interface Notice {
  text: string;
  tone?: 'plain' | 'error';
  /** Such as "Undo". */
  action?: { label: string; run: () => void };
  /** Milliseconds until it goes; those with an action and errors stay longer. */
  forMs?: number;
}

interface Shown extends Notice {
  id: number;
}

const SHOWN_MS = 5000;
const notices = signal<Shown[]>([]);
/** Read aloud, and not shown: what is seen anyway. */
const spoken = signal('');
let lastId = 0;

/** @returns takes it away */
export function notify(notice: Notice): () => void {
  lastId += 1;
  const id = lastId;
  notices.value = [...notices.value.slice(-2), { ...notice, id }];
  window.setTimeout(remove, notice.forMs ?? SHOWN_MS * (notice.tone === 'error' ? 2 : 1), id);
  return () => remove(id);
}

/** Shows why something did not work. */
export function notifyError(error: unknown): void {
  const text = error instanceof Error ? error.message : String(error);
  notify({ text, tone: 'error' });
}

/** Has screen readers say what is only seen, such as how many results there are. */
export function announce(text: string): void {
  // The same again is another text: only changes are read.
  spoken.value = spoken.peek() === text ? `${text}\u00a0` : text;
}

export function Announcements() {
  return (
    <>
      <div class="visually-hidden" role="status">
        {spoken.value}
      </div>
      <ul class="notices" aria-live="polite">
        {notices.value.map(({ id, text, tone, action }) => (
          <li key={id} class={`notice notice-${tone ?? 'plain'}`}>
            <span dir="auto">{text}</span>
            {action && (
              <button
                type="button"
                class="text-button"
                onClick={() => {
                  remove(id);
                  action.run();
                }}
              >
                {action.label}
              </button>
            )}
            <IconButton icon="close" label={strings.dialog.close} onClick={() => remove(id)} />
          </li>
        ))}
      </ul>
    </>
  );
}

function remove(id: number): void {
  notices.value = notices.value.filter((notice) => notice.id !== id);
}
