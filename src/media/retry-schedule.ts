const MAX_SECONDS = 3600;
const OWN_TROUBLE_SECONDS = { least: 5, most: 60 };
// Wrong credentials are mended by a person: to ask every second only annoys.
const MIN_SECONDS_UNAUTHORIZED = 300;
// So many take two minutes: what Twilio has not yet will be there.
const MIN_TRIES = 8;
const MIN_MS_FOR_FEWEST = 3_600_000;

// Less than a minute with the time of the last try.
const BRIEF_MS = 30_000;
const MAX_BRIEF_SECONDS = 10;

type BriefTry = Pick<FailedTry, 'attempts' | 'firstTriedAt' | 'now'> & { isRepeated: boolean };

/** What is known of a media when a try has failed. */
export interface FailedTry {
  /** Tries so far, at least 1. */
  attempts: number;
  firstTriedAt: Date;
  now: Date;
  /** What the other side asked for; 0 when nothing. */
  retryAfterSeconds: number;
  /** Whether Twilio did not accept the credentials. */
  isUnauthorized: boolean;
}

/**
 * When to try a fetch again: exponential back-off from one second to an hour, with half to one and a
 * half times as jitter, never before the other side allows it. A media that Twilio does not have yet
 * (404 right after the webhook) is so tried again within seconds.
 *
 * Counted from the first try, not from the message: a worker that was away for long gives every media
 * its whole time. The last try is at its very end. Where the time is over before there were a few tries,
 * because the clock was set ahead or the worker was away between them, it gets those.
 *
 * @param retryForMs how long to go on
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
 * When to try a fetch again that brought a complete answer of no use: at pauses of one second, doubled up to
 * ten, until the media has been tried for 30 seconds in all. Where that time is over because other things
 * went wrong before, it is tried once more.
 *
 * @param isRepeated whether the try before this one ended the same way
 * @param retryForMs how long to go on at the most
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
 * When to look again after trouble of this machine, such as a full disk: after a tenth of the time that
 * has been waited already, from five seconds to a minute, for as long as it takes.
 *
 * @param random from 0 to 1
 */
export function nextLook(receivedAt: Date, now: Date, random = Math.random()): Date {
  const waited = (now.getTime() - receivedAt.getTime()) / 1000;
  const { least, most } = OWN_TROUBLE_SECONDS;
  const pause = Math.min(Math.max(waited / 10, least), most);
  return new Date(now.getTime() + pause * (0.5 + random) * 1000);
}
