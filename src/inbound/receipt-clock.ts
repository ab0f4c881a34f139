// A time further ahead than this came from a wrong clock: later times do not continue from it.
const MAX_LEAD_MS = 2 * 86_400_000;

// More messages than one process receives while a body may still be arriving. If a time is given twice
// nevertheless, the sids of the two messages decide their order.
const TIMES_REMEMBERED = 20_000;

/**
 * Records the start of a request. Call the returned function once, after the request is verified as
 * Twilio's: it returns the time of receipt.
 */
export type ReceiptClock = () => () => Date;

/**
 * Strictly increasing times of receipt, so that messages are listed in the order in which they arrived: also
 * those of the same millisecond, and when the clock is set back. A slow request is placed at its start.
 *
 * A burst of more than a thousand a second, or a clock that is set back, leaves these times ahead of the
 * clock. They then advance at half speed until the clock has caught up, which leaves gaps between successive
 * requests. Only verified requests take a time, so a caller without a token cannot move the times of others.
 *
 * @param newest the last time of receipt given by an earlier process, if any
 * @param now milliseconds, as `Date.now`
 * @param monotonic milliseconds of a monotonic clock
 */
export function createReceiptClock(
  newest: Date | undefined,
  now = Date.now,
  monotonic = () => performance.now(),
): ReceiptClock {
  let last = newest?.getTime() ?? 0;
  // The time to extrapolate from, and the monotonic time at which it was given.
  let base = last;
  let since = monotonic();
  const given = new Set<number>();

  const extrapolated = () => base + Math.floor((monotonic() - since) / 2);

  function give(from: number): Date {
    let time = from;
    while (given.has(time)) time += 1;
    given.add(time);
    if (given.size > TIMES_REMEMBERED) {
      const [oldest = time] = given;
      given.delete(oldest);
    }
    const isFollowed = last - time < MAX_LEAD_MS;
    last = isFollowed ? Math.max(last, time) : time;
    base = isFollowed ? Math.max(extrapolated(), last) : time;
    since = monotonic();
    return new Date(time);
  }

  return () => {
    const wall = now();
    const from = last - wall < MAX_LEAD_MS ? Math.max(wall, extrapolated(), last + 1) : wall;
    return () => give(from);
  };
}
