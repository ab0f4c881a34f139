import { address, remember, remembered } from '../address.ts';

const NAME = 'conversation';
/** Within so many pixels of the end, what arrives is scrolled to. */
const END_PX = 40;
/** More is loaded when less than this is left to scroll. */
const ROOM_PX = 1200;
const REMEMBER_MS = 150;

/** A message, and where it is on the screen. */
interface Anchor {
  sid: string;
  receivedAt: string;
  /** Of its upper edge, in pixels below that of the list. */
  top: number;
}

/** Where the reader was when the page was left or loaded again; null for the end. */
export function placeBefore(): Anchor | null {
  const place = remembered(NAME) as Partial<Anchor> | undefined;
  const { sid, receivedAt, top } = place ?? {};
  const isPlace =
    typeof sid === 'string' && typeof receivedAt === 'string' && typeof top === 'number';
  return isPlace && !Number.isNaN(Date.parse(receivedAt)) ? { sid, receivedAt, top } : null;
}

/** Where a list is scrolled to: at its end, or at a message that stays where it is whatever is loaded around it. */
export interface ScrollPlace {
  /**
   * @param onScroll is told whether the end is shown
   * @returns ends it
   */
  attach(
    scroller: HTMLElement,
    content: HTMLElement,
    onScroll: (isAtEnd: boolean) => void,
  ): () => void;
  isAtEnd(): boolean;
  /** Scrolls to where the reader is, after the list has changed. */
  restore(): void;
  /** From now on the end is shown. */
  stickToEnd(): void;
  /** Whether little is left to scroll. */
  room(): { above: boolean; below: boolean };
}

/** @param isLatest whether the end of the list is the end of everything */
export function createScrollPlace(isLatest: () => boolean): ScrollPlace {
  let anchor = placeBefore();
  let isPlaced = false;
  let scroller: HTMLElement | undefined;
  let timer: number | undefined;

  function measure(): void {
    if (scroller === undefined) return;
    const { scrollTop, scrollHeight, clientHeight } = scroller;
    const isAtEnd = scrollHeight - scrollTop - clientHeight <= END_PX && isLatest();
    anchor = isAtEnd ? null : firstVisible(scroller);
  }

  function save(): void {
    window.clearTimeout(timer);
    timer = undefined;
    // An open attachment is another place in the history.
    if (address.value.page === 'conversation' && address.value.sid === undefined) {
      remember(NAME, anchor ?? undefined);
    }
  }

  function restore(): void {
    // Nothing is loaded yet.
    if (scroller === undefined || scroller.querySelector('[data-sid]') === null) return;
    if (anchor === null) {
      isPlaced = true;
      scroller.scrollTop = scroller.scrollHeight;
      return;
    }
    const element = scroller.querySelector(`[data-sid="${CSS.escape(anchor.sid)}"]`);
    if (element !== null) scroller.scrollTop += topOf(element, scroller) - anchor.top;
    // It is gone: near it is what was received before.
    else if (!isPlaced) scroller.scrollTop = scroller.scrollHeight;
    isPlaced = true;
  }

  return {
    attach(element, content, onScroll) {
      scroller = element;
      const scrolled = () => {
        measure();
        timer ??= window.setTimeout(save, REMEMBER_MS);
        onScroll(anchor === null);
      };
      // What is opened at the end stays in view, instead of the end.
      const pressed = () => {
        anchor ??= firstVisible(element);
      };
      const observer = new ResizeObserver(restore);
      observer.observe(element);
      observer.observe(content);
      element.addEventListener('scroll', scrolled, { passive: true });
      content.addEventListener('click', pressed);
      window.addEventListener('pagehide', save);
      return () => {
        observer.disconnect();
        element.removeEventListener('scroll', scrolled);
        content.removeEventListener('click', pressed);
        window.removeEventListener('pagehide', save);
        window.clearTimeout(timer);
      };
    },
    isAtEnd: () => anchor === null,
    restore,
    stickToEnd() {
      anchor = null;
    },
    room() {
      if (scroller === undefined) return { above: false, below: false };
      const { scrollTop, scrollHeight, clientHeight } = scroller;
      return {
        above: scrollTop < ROOM_PX,
        below: scrollHeight - scrollTop - clientHeight < ROOM_PX,
      };
    },
  };
}

function topOf(element: Element, scroller: Element): number {
  return element.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
}

function firstVisible(scroller: HTMLElement): Anchor | null {
  for (const element of scroller.querySelectorAll<HTMLElement>('[data-sid]')) {
    const top = topOf(element, scroller);
    if (top + element.offsetHeight <= 0) continue;
    const receivedAt = element.querySelector('time')?.dateTime ?? '';
    return { sid: element.dataset.sid ?? '', receivedAt, top };
  }
  return null;
}
