const LONGEST_SECONDS = 3600;
// Twelve pauses up to an hour, then one an hour: about a day.
const MOST_ATTEMPTS = 35;

/**
 * When to try a fetch again: exponential back-off from one second to an hour, with half to one and a
 * half times as jitter, never before the other side allows it. A media that Twilio does not have yet
 * (404 right after the webhook) is so tried again within seconds.
 *
 * Tries are counted, not hours since the message: a worker that was away for long gives every media
 * its whole day.
 *
 * @param attempts tries so far, at least 1
 * @param random from 0 to 1
 * @returns null after about a day of trying
 */
export function nextAttempt(
  attempts: number,
  now: Date,
  retryAfterSeconds = 0,
  random = Math.random(),
): Date | null {
  if (attempts >= MOST_ATTEMPTS) return null;
  const backoff = Math.min(LONGEST_SECONDS, 2 ** (attempts - 1)) * (0.5 + random);
  return new Date(now.getTime() + Math.max(backoff, retryAfterSeconds) * 1000);
}
