const MAX_SECONDS = 3600;
const DISK_RETRY_SECONDS = { least: 5, most: 60 };
// Only a person can fix wrong credentials: frequent requests would not help.
const MIN_SECONDS_UNAUTHORIZED = 300;
// Eight tries take two minutes: by then Twilio has attachments that were late.
const MIN_TRIES = 8;
const MIN_MS_FOR_FEWEST = 3_600_000;

// Together with the last try, less than a minute.
const BRIEF_MS = 30_000;
const MAX_BRIEF_SECONDS = 10;

type BriefTry = Pick<FailedTry, 'attempts' | 'firstTriedAt' | 'now'> & { isRepeated: boolean };

/** The state of an attachment's tries when one has failed. */
export interface FailedTry {
  /** Tries so far, at least 1. */
  attempts: number;
  firstTriedAt: Date;
  now: Date;
  /** From `Retry-After`; 0 without it. */
  retryAfterSeconds: number;
  /** Whether Twilio did not accept the credentials. */
  isUnauthorized: boolean;
}

/**
 * When to retry a fetch: exponential back-off from one second to an hour, with a jitter factor of 0.5
 * to 1.5, never before the time that `Retry-After` allows. An attachment that Twilio does not have yet
 * (404 right after the webhook) is therefore retried within seconds.
 *
 * The time counts from the first try, not from the message: after a long worker downtime every
 * attachment still gets the full time. The last try is at its very end. If the time is over before the
 * minimum of tries (the clock was set ahead, or the worker was down in between), they are still made.
 *
 * @param retryForMs how long to retry
 * @param random from 0 to 1
 * @returns null when the time is over
 */
export function nextAttempt(
  { attempts, firstTriedAt, now, retryAfterSeconds, isUnauthorized }: FailedTry,
  retryForMs: number,
  random = Math.random(),
): Date | null {
  const end = firstTriedAt.getTime() + retryForMs;
  const isOver = now.getTime() >= end;
  const hasTriesLeft = attempts < MIN_TRIES && retryForMs >= MIN_MS_FOR_FEWEST;
  if (isOver && (!hasTriesLeft || retryAfterSeconds > 0)) return null;
  const backoff = Math.min(MAX_SECONDS, 2 ** Math.min(attempts - 1, 30));
  const least = isUnauthorized ? MIN_SECONDS_UNAUTHORIZED : 0;
  const pause = Math.max(Math.max(backoff, least) * (0.5 + random), retryAfterSeconds);
  const next = now.getTime() + pause * 1000;
  return new Date(isOver ? next : Math.min(next, end));
}

/**
 * When to retry a fetch that returned a complete but unusable response: after pauses from one second,
 * doubled up to ten, until the attachment has been tried for 30 seconds in all. If earlier, different
 * failures have used up that time, it is tried once more.
 *
 * @param isRepeated whether the previous try failed the same way
 * @param retryForMs how long to retry at most
 * @param random from 0 to 1
 * @returns null when the time is over
 */
export function nextBriefAttempt(
  { attempts, firstTriedAt, now, isRepeated }: BriefTry,
  retryForMs: number,
  random = Math.random(),
): Date | null {
  const end = firstTriedAt.getTime() + Math.min(BRIEF_MS, retryForMs);
  const isOver = now.getTime() >= end;
  if (isOver && isRepeated) return null;
  const pause = Math.min(MAX_BRIEF_SECONDS, 2 ** Math.min(attempts - 1, 30)) * (0.5 + random);
  const next = now.getTime() + pause * 1000;
  return new Date(isOver ? next : Math.min(next, end));
}

/**
 * When to retry after a failure of this machine, such as a full disk: after a tenth of the time waited
 * so far, from five seconds to a minute, without an end.
 *
 * @param random from 0 to 1
 */
export function nextDiskRetry(receivedAt: Date, now: Date, random = Math.random()): Date {
  const waited = (now.getTime() - receivedAt.getTime()) / 1000;
  const { least, most } = DISK_RETRY_SECONDS;
  const pause = Math.min(Math.max(waited / 10, least), most);
  return new Date(now.getTime() + pause * (0.5 + random) * 1000);
}
