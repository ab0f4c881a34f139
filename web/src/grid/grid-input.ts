import { address, go } from '../address.ts';
import { notifyError } from '../frame/announcements.tsx';
import type { Shortcut } from '../frame/shortcuts.ts';
import { strings } from '../strings.ts';
import { enterGrid, focusable, focusEnd, moveFocus } from './focus.ts';
import type { GridModel } from './grid-model.ts';
import type { Direction } from './move-focus.ts';
import { beginRange, clearSelection, selected, selectRange, toggle } from './selection.ts';
import { selectionShortcuts } from './selection-bar.tsx';

const DIRECTIONS: Record<string, Direction> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};
const ARROWS = Object.keys(DIRECTIONS);
const LONG_PRESS_MS = 500;
/** What uses arrows itself. */
const USES_ARROWS =
  'input, textarea, select, audio, video, [contenteditable], [role=slider], [role=listbox], [role=menu]';
/** Fingers tremble by as many pixels. */
const TREMOR = 10;

/**
 * What clicks, fingers and keys do to tiles.
 *
 * @param root of the tiles
 * @param retry has the server fetch an attachment again
 * @returns ends it
 */
export function listenToTiles(
  root: HTMLElement,
  model: GridModel,
  retry: (sid: string) => Promise<void>,
): () => void {
  let press: { timer: number; x: number; y: number } | undefined;
  /** The click that follows a long press is none. */
  let wasLongPress = false;

  function endPress(): void {
    window.clearTimeout(press?.timer);
    press = undefined;
  }

  function onPointerDown(event: PointerEvent): void {
    endPress();
    wasLongPress = false;
    const sid = sidAt(event.target);
    if (event.pointerType === 'mouse' || sid === undefined || !event.isPrimary) return;
    const timer = window.setTimeout(() => {
      press = undefined;
      wasLongPress = true;
      toggle(model, sid);
    }, LONG_PRESS_MS);
    press = { timer, x: event.clientX, y: event.clientY };
  }

  function onPointerMove({ clientX, clientY }: PointerEvent): void {
    if (press && Math.hypot(clientX - press.x, clientY - press.y) > TREMOR) endPress();
  }

  function onClick(event: MouseEvent): void {
    const { retry: failed, check } = dataAt(event.target);
    if (failed !== undefined) return void retry(failed).catch(notifyError);
    const sid = check ?? sidAt(event.target);
    if (sid === undefined) return;
    if (wasLongPress) {
      wasLongPress = false;
      event.preventDefault();
      return;
    }
    // The browser opens a tab or a window.
    if (check === undefined && (event.ctrlKey || event.metaKey || event.altKey)) return;
    const isSelecting = selected.value.size > 0;
    if (event.shiftKey && (isSelecting || check !== undefined)) {
      event.preventDefault();
      return void selectRange(model, sid);
    }
    if (event.shiftKey && check === undefined) return;
    event.preventDefault();
    focusable.value = sid;
    if (check !== undefined || isSelecting) toggle(model, sid);
    else go({ ...address.value, sid });
  }

  /** Chromium offers to open or copy the link instead, when a finger stays on it. */
  function onContextMenu(event: MouseEvent): void {
    if ((press || wasLongPress) && sidAt(event.target) !== undefined) event.preventDefault();
  }

  function onFocusIn({ target }: FocusEvent): void {
    const sid = sidAt(target);
    if (sid !== undefined) focusable.value = sid;
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    // Held, it opens one attachment.
    if (event.key === 'Enter' && event.repeat) event.preventDefault();
    const direction = DIRECTIONS[event.key];
    if (direction !== undefined) {
      // Without a tile that has the focus, they scroll.
      if (sidAt(event.target) === undefined && event.target !== root) return;
      event.preventDefault();
      void moveAndSelect(direction, event.shiftKey);
    } else if (event.key === 'Home' || event.key === 'End') {
      event.preventDefault();
      void focusEnd(model, event.key === 'Home' ? 'first' : 'last').catch(notifyError);
    }
  }

  /** The first arrow leads into the grid, from where nothing else uses it. */
  function onKeyDownOutside(event: KeyboardEvent): void {
    const { target, key, defaultPrevented, ctrlKey, altKey, metaKey, shiftKey } = event;
    if (defaultPrevented || ctrlKey || altKey || metaKey || shiftKey) return;
    if (DIRECTIONS[key] === undefined || !(target instanceof Element)) return;
    if (root.contains(target) || target.closest(USES_ARROWS) !== null) return;
    if (root.closest('[inert]') !== null) return;
    if (document.querySelector('dialog[open], :popover-open') !== null) return;
    event.preventDefault();
    void enterGrid(model).catch(notifyError);
  }

  async function moveAndSelect(direction: Direction, isRange: boolean): Promise<void> {
    try {
      if (isRange && focusable.value !== null) beginRange(model, focusable.value);
      const sid = await moveFocus(model, direction);
      if (isRange && sid !== null) await selectRange(model, sid);
    } catch (error) {
      notifyError(error);
    }
  }

  const listeners = {
    pointerdown: onPointerDown,
    pointermove: onPointerMove,
    pointerup: endPress,
    pointercancel: endPress,
    click: onClick,
    contextmenu: onContextMenu,
    focusin: onFocusIn,
    keydown: onKeyDown,
  };
  for (const [type, listener] of Object.entries(listeners)) {
    root.addEventListener(type, listener as EventListener);
  }
  document.addEventListener('keydown', onKeyDownOutside);
  return () => {
    endPress();
    document.removeEventListener('keydown', onKeyDownOutside);
    for (const [type, listener] of Object.entries(listeners)) {
      root.removeEventListener(type, listener as EventListener);
    }
  };
}

/** For the list of keys; those with `run` work wherever the focus is. */
export function gridShortcuts(model: GridModel): Shortcut[] {
  const { keys } = strings.grid;
  return [
    { keys: ARROWS, label: keys.move },
    { keys: ['Home', 'End'], label: keys.ends },
    { keys: ['Enter'], label: keys.open },
    {
      keys: ['x'],
      label: keys.select,
      run: () => {
        if (focusable.value !== null && model.timeline.find(focusable.value)) {
          toggle(model, focusable.value);
        } else {
          void enterGrid(model)
            .then((sid) => sid !== null && toggle(model, sid))
            .catch(notifyError);
        }
      },
    },
    { keys: ARROWS.map((key) => `Shift+${key}`), label: keys.range },
    ...selectionShortcuts(model.filter),
    { keys: ['Escape'], label: keys.clear, run: clearSelection },
  ];
}

function dataAt(target: EventTarget | null): DOMStringMap {
  const element =
    target instanceof Element ? target.closest<HTMLElement>('[data-sid],button') : null;
  return element?.dataset ?? {};
}

function sidAt(target: EventTarget | null): string | undefined {
  return dataAt(target).sid;
}
