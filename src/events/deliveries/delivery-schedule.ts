/** 5 s, 5 min, 30 min, 2 h, 5 h, 8 h, 8 h: about a day. */
export const DEFAULT_RETRY_SECONDS: readonly number[] = [
  5, 300, 1800, 7200, 18_000, 28_800, 28_800,
];

/** What is known of a delivery when a try has failed. */
interface FailedDelivery {
  /** Tries that failed so far, at least 1. */
  failures: number;
  now: Date;
  /** What the receiver asked for; 0 when nothing. */
  retryAfterSeconds: number;
}

/**
 * When to try a delivery again: after the pause that the schedule has for it, up to a tenth longer so
 * that what failed together does not come back together, and never before the receiver allows it.
 *
 * @param scheduleSeconds the pauses, one after each failure
 * @param random from 0 to 1
 * @returns null when the schedule is at its end
 */
export function nextDelivery(
  { failures, now, retryAfterSeconds }: FailedDelivery,
  scheduleSeconds: readonly number[],
  random = Math.random(),
): Date | null {
  const pause = scheduleSeconds[failures - 1];
  if (pause === undefined) return null;
  const seconds = Math.max(pause * (1 + random / 10), retryAfterSeconds);
  return new Date(now.getTime() + seconds * 1000);
}
