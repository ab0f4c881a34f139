import { RateLimiterMemory } from 'rate-limiter-flexible';

/** What is still done for a refused webhook: all, a last line that says so, or nothing but the answer. */
export type Attention = 'full' | 'last' | 'none';

// A proxy that breaks every signature is explained by far fewer.
const MOST_A_MINUTE = 20;

/**
 * Counts wrong signatures by address, so that a flood of them neither fills the log nor is diagnosed. It
 * never keeps a request from being checked: Twilio's addresses are shared by all its customers, and a
 * right signature is right.
 */
export function createRefusalLimit(): (address: string) => Promise<Attention> {
  const limiter = new RateLimiterMemory({ points: MOST_A_MINUTE, duration: 60 });
  return async (address) => {
    const { consumedPoints } = await limiter.penalty(address);
    if (consumedPoints > MOST_A_MINUTE) return 'none';
    return consumedPoints === MOST_A_MINUTE ? 'last' : 'full';
  };
}
