const LONGEST_SECONDS = 3600;
const GIVE_UP_AFTER_MS = 24 * 3600 * 1000;

/**
 * When to try a fetch again: exponential back-off from one second to an hour, with half to one and a
 * half times as jitter, never before the other side allows it. A media that Twilio does not have yet
 * (404 right after the webhook) is so tried again within seconds.
 *
 * @param attempts tries so far, at least 1
 * @param random from 0 to 1
 * @returns null after a day of trying
 */
export function nextAttempt(
  { attempts, receivedAt, now }: { attempts: number; receivedAt: Date; now: Date },
  retryAfterSeconds = 0,
  random = Math.random(),
): Date | null {
  if (now.getTime() - receivedAt.getTime() > GIVE_UP_AFTER_MS) return null;
  const backoff = Math.min(LONGEST_SECONDS, 2 ** (attempts - 1)) * (0.5 + random);
  return new Date(now.getTime() + Math.max(backoff, retryAfterSeconds) * 1000);
}
