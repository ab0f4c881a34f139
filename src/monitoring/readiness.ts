/**
 * A part that this process needs to do its job. Throws with what is wrong; resolves with words where
 * something is wrong that it can do its job without.
 */
export type ReadinessCheck = () => Promise<string | undefined>;

/** A check of what works or does not: there is nothing in between. */
export function requiredCheck(check: () => Promise<void>): ReadinessCheck {
  return async () => {
    await check();
    return undefined;
  };
}
