import { computed, signal } from '@preact/signals';
import { tinykeys } from 'tinykeys';

/** A key that does something. */
export interface Shortcut {
  /** As tinykeys writes them, such as `ArrowLeft` or `?`; each alone does it. */
  keys: string[];
  /** For the list of keys. */
  label: string;
  /** Undefined: it is listed here, and handled by what has the focus. */
  run?: () => void;
  /** Whether it does something for what is shown now; it is listed only then. */
  isOfUse?: () => boolean;
}

/** Who listens, in order. */
const listening = signal<readonly { own: readonly Shortcut[]; isModal: boolean }[]>([]);

/** What does something now, for the list of keys: behind a dialog nothing does. */
export const shortcuts = computed(() => {
  const front = listening.value.findLast(({ isModal }) => isModal);
  return front?.own ?? listening.value.flatMap(({ own }) => own);
});

/**
 * Listens for keys while a part of the page is shown. A key that is held acts once; one with Ctrl, Alt or Meta, what is
 * typed into a field, and what works a control are left to the browser, as is everything while a dialog or menu is open.
 *
 * @param isModal of a dialog's own keys
 * @param within the dialog whose keys they are: they are left to the browser while another one is in front of it
 * @returns ends it
 */
export function listenForKeys(
  own: readonly Shortcut[],
  { isModal = false, within }: { isModal?: boolean; within?: () => Element | null } = {},
): () => void {
  const listener = { own, isModal };
  listening.value = [...listening.value, listener];
  const bindings = own.flatMap(({ keys, run }) =>
    (run === undefined ? [] : keys.flatMap(withShift)).map((key) => [
      key,
      (event: KeyboardEvent) => {
        if (event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
        if (isForControl(event)) return;
        const front = [...document.querySelectorAll('dialog[open], :popover-open')].at(-1);
        if (isModal ? within && front !== within() : front) return;
        event.preventDefault();
        run?.();
      },
    ]),
  );
  const end = tinykeys(window, Object.fromEntries(bindings));
  return () => {
    end();
    listening.value = listening.value.filter((other) => other !== listener);
  };
}

/** Signs such as `?` need Shift on some keyboards, and not on others. */
function withShift(key: string): string[] {
  return /^[^\p{L}\p{N}]$/u.test(key) ? [key, `Shift+${key}`] : [key];
}

/** Whether the key is for what has the focus: a field, a player, or Space for a button. */
function isForControl({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement)) return false;
  const { tagName, isContentEditable } = target;
  if (isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(tagName)) return true;
  if (target instanceof HTMLMediaElement) return [' ', 'ArrowLeft', 'ArrowRight'].includes(key);
  return key === ' ' && target.closest('button, summary') !== null;
}
