// Smaller steps are how clocks are kept right.
const STEP_MS = 5000;

/**
 * Tells when a clock was set back since it was last looked at.
 *
 * @param monotonic milliseconds that only ever go on, as `performance.now`
 * @returns to be called with the clock's time in milliseconds, now and then
 */
export function createSetBackCheck(
  monotonic: () => number = () => performance.now(),
): (clock: number) => boolean {
  let ahead: number | null = null;
  return (clock) => {
    const before = ahead;
    ahead = clock - monotonic();
    return before !== null && before - ahead > STEP_MS;
  };
}
