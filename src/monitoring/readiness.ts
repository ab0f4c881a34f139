/**
 * Checks a part that this process needs. Rejects when the part is unavailable; resolves with a message
 * when it is degraded but the process can work without it, and with undefined when it works.
 */
export type ReadinessCheck = () => Promise<string | undefined>;

/** A check of a part that is never degraded: it either works or is unavailable. */
export function requiredCheck(check: () => Promise<void>): ReadinessCheck {
  return async () => {
    await check();
    return undefined;
  };
}
