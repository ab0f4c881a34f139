import { caller } from '../../session/session.ts';
import { displaySettings } from '../display-settings.ts';

// How long somebody has worked since the last break: time in which an attachment of theirs was seen. All tabs of the browser
// count together, and a moment in which two of them are seen counts once.

/** What was done since the last break. */
export interface Worked {
  ms: number;
  /** Attachments that were decided about, skipped or escalated. */
  items: number;
}

/** As the browser keeps it. */
interface Kept extends Worked {
  /** Until when work is counted, by the browser's clock. */
  until: number;
}

/** Who does nothing here for so long has had a break. */
const PAUSE_MS = 5 * 60_000;
/** Who stays with one attachment is reminded so long after the time. */
const GRACE_MS = 60_000;
const NOTHING: Kept = { ms: 0, items: 0, until: 0 };

/**
 * What is kept, with a span of work more.
 *
 * @param elapsedMs how long a tab has worked since it counted last, by a clock that nobody sets
 * @param now the browser's clock, which all its tabs share
 */
export function addWork(kept: Kept, elapsedMs: number, now: number): Kept {
  const before = isOver(kept, now - elapsedMs) ? NOTHING : kept;
  const { ms, items, until } = before;
  // A clock that was set back says nothing about what another tab has counted.
  const uncounted = until > now ? elapsedMs : now - until;
  return { ms: ms + Math.min(elapsedMs, uncounted), items, until: now };
}

/** What is kept, with an attachment more. */
export function addItem(kept: Kept, now: number): Kept {
  const { ms, items } = isOver(kept, now) ? NOTHING : kept;
  return { ms, items: items + 1, until: now };
}

function isOver({ until }: Kept, now: number): boolean {
  return now - until >= PAUSE_MS;
}

function key(): string {
  return `desk-work ${caller.peek()?.name ?? ''}`;
}

function read(): Kept {
  try {
    return { ...NOTHING, ...JSON.parse(localStorage.getItem(key()) ?? '{}') };
  } catch {
    return NOTHING;
  }
}

function write(kept: Kept): void {
  localStorage.setItem(key(), JSON.stringify(kept));
}

/** Counts the work of one tab, and looks whether it is time for a break. */
export interface WorkClock {
  /** One attachment more was worked on. */
  countItem(): void;
  /** Between two attachments: what was done since the last break, if it is time for one. It begins anew then. */
  takeBreak(): Worked | undefined;
  end(): void;
}

const EVERY_MS = 5000;

/**
 * @param isWorking whether somebody has an attachment before them
 * @param onOverdue called when it is time for a break, and the same attachment is still there; it has begun anew then
 */
export function startWorkClock(
  isWorking: () => boolean,
  onOverdue: (worked: Worked) => void,
): WorkClock {
  let countedAt: number | undefined;

  function count(): void {
    const now = performance.now();
    if (countedAt !== undefined) write(addWork(read(), now - countedAt, Date.now()));
    countedAt = isWorking() && !document.hidden ? now : undefined;
  }

  function look(): void {
    count();
    if (countedAt === undefined || isBusy()) return;
    const worked = takeBreak(GRACE_MS);
    if (worked !== undefined) onOverdue(worked);
  }

  const timer = window.setInterval(look, EVERY_MS);
  document.addEventListener('visibilitychange', count);
  return {
    countItem() {
      count();
      write(addItem(read(), Date.now()));
    },
    takeBreak() {
      count();
      return takeBreak(0);
    },
    end() {
      count();
      window.clearInterval(timer);
      document.removeEventListener('visibilitychange', count);
    },
  };
}

/** What is being written would be lost. */
function isBusy(): boolean {
  return (
    document.querySelector('dialog[open], :popover-open, :is(input, textarea, select):focus') !==
    null
  );
}

function takeBreak(graceMs: number): Worked | undefined {
  const { breakAfter, breakMinutes, breakItems } = displaySettings.peek();
  const { ms, items } = read();
  const isTime =
    (breakAfter === 'minutes' && ms >= breakMinutes * 60_000 + graceMs) ||
    (breakAfter === 'items' && items >= breakItems);
  if (!isTime) return undefined;
  write(NOTHING);
  return { ms, items };
}
