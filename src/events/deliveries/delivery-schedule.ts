/** 5 s, 5 min, 30 min, 2 h, 5 h, 8 h, 8 h: about a day. */
export const DEFAULT_RETRY_SECONDS: readonly number[] = [
  5, 300, 1800, 7200, 18_000, 28_800, 28_800,
];

/** State of a delivery after a failed attempt. */
interface FailedDelivery {
  /** Failed attempts so far, at least 1. */
  failures: number;
  now: Date;
  /** The receiver's `Retry-After`; 0 without one. */
  retryAfterSeconds: number;
}

/**
 * When to retry a delivery: after the pause from the schedule plus up to 10 % jitter, so that
 * deliveries that failed together are not retried together, and never before `Retry-After` allows it.
 *
 * @param scheduleSeconds the pauses, one after each failure
 * @param random from 0 to 1
 * @returns null when the schedule is exhausted
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
