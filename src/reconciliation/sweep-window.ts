const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
// What Twilio lists late, and clocks that differ.
const OVERLAP_MS = 15 * MINUTE_MS;
const LONGEST_MS = 30 * DAY_MS;

/**
 * From when on a sweep looks: a day back, or to a little before the last complete sweep began where
 * that is longer ago, at most 30 days.
 *
 * @param sweptUntil null before the first sweep
 */
export function sweepSince(now: Date, sweptUntil: Date | null): Date {
  const day = now.getTime() - DAY_MS;
  const last = sweptUntil === null ? day : sweptUntil.getTime() - OVERLAP_MS;
  return new Date(Math.max(Math.min(day, last), now.getTime() - LONGEST_MS));
}
