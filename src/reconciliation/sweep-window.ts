const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
// What Twilio lists late, and clocks that differ.
const OVERLAP_MS = 15 * MINUTE_MS;
const LONGEST_MS = 30 * DAY_MS;

/**
 * From when on a sweep looks: a day back, or to a little before the last complete sweep began where
 * that is longer ago, at most 30 days.
 *
 * @param sweptUntil null before the first sweep; in the future when the clock was set back since, which
 *   says nothing of how long ago it was
 */
export function sweepSince(now: Date, sweptUntil: Date | null): Date {
  const day = now.getTime() - DAY_MS;
  const longest = now.getTime() - LONGEST_MS;
  if (sweptUntil === null) return new Date(day);
  if (isInFuture(now, sweptUntil)) return new Date(longest);
  return new Date(Math.max(Math.min(day, sweptUntil.getTime() - OVERLAP_MS), longest));
}

/** Whether a sweep that fell due at `dueAt` was made meanwhile. */
export function isSwept(now: Date, dueAt: Date, sweptUntil: Date): boolean {
  return sweptUntil >= dueAt && !isInFuture(now, sweptUntil);
}

function isInFuture(now: Date, time: Date): boolean {
  return time.getTime() > now.getTime() + OVERLAP_MS;
}
