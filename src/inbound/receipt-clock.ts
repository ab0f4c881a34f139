// A clock that was further ahead than this was simply wrong: later messages do not follow it.
const LONGEST_LEAD_MS = 2 * 86_400_000;

/**
 * Times of receipt, each later than the one before, so that messages are listed in the order in which
 * they arrived: also those of one millisecond, and when the clock is set back meanwhile. A burst of
 * more than a thousand a second, or a clock that is set back, leaves the times ahead until it has caught
 * up.
 *
 * @param newest the time of receipt that an earlier process gave last, if there was one
 * @param now milliseconds, as `Date.now`
 */
export function createReceiptClock(newest: Date | undefined, now = Date.now): () => Date {
  let last = newest?.getTime() ?? 0;
  return () => {
    const wall = now();
    last = last - wall < LONGEST_LEAD_MS ? Math.max(wall, last + 1) : wall;
    return new Date(last);
  };
}
