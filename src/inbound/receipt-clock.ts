// A clock that was further ahead than this was simply wrong: later messages do not follow it.
const MAX_LEAD_MS = 2 * 86_400_000;

// More than one process takes in while a body may be under way. Should a time be given twice all the
// same, the sids of the two messages decide their order.
const TIMES_REMEMBERED = 20_000;

/**
 * Notes that a request begins. Call what it returns once, as soon as the request has proved to be
 * Twilio's: it gives the time of receipt.
 */
export type ReceiptClock = () => () => Date;

/**
 * Times of receipt, each later than the one before, so that messages are listed in the order in which
 * they arrived: also those of one millisecond, and when the clock is set back meanwhile. A request
 * that is slow has its place where it began.
 *
 * A burst of more than a thousand a second, or a clock that is set back, leaves the times ahead. They go
 * on at half speed until the clock has caught up: so there is room between two that begin one after the
 * other. Only a time that is given counts, however many requests are noted: nobody without a token moves
 * the times of others.
 *
 * @param newest the time of receipt that an earlier process gave last, if there was one
 * @param now milliseconds, as `Date.now`
 * @param monotonic milliseconds that only rise
 */
export function createReceiptClock(
  newest: Date | undefined,
  now = Date.now,
  monotonic = () => performance.now(),
): ReceiptClock {
  let last = newest?.getTime() ?? 0;
  // From where, and since when, the times go on by themselves.
  let base = last;
  let since = monotonic();
  const given = new Set<number>();

  const goneOn = () => base + Math.floor((monotonic() - since) / 2);

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
    base = isFollowed ? Math.max(goneOn(), last) : time;
    since = monotonic();
    return new Date(time);
  }

  return () => {
    const wall = now();
    const from = last - wall < MAX_LEAD_MS ? Math.max(wall, goneOn(), last + 1) : wall;
    return () => give(from);
  };
}
