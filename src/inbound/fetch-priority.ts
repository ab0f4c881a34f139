import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { InboundMessage } from './inbound-message.ts';

// After as many attachments within a minute, the next ones of a sender yield to those of others.
const STEP = 20;
const LOWEST = -100;
/** Of what is taken in from Twilio's history: after everything that arrives now. */
const HISTORY = LOWEST - 1;

/** The priority of the job that fetches the next attachment of a message; higher ones run first. */
export type FetchPriority = (message: Pick<InboundMessage, 'from' | 'source'>) => Promise<number>;

/**
 * Keeps a sender of hundreds of attachments from holding up others: the more it has sent within the last
 * minute to this process, the lower the priority of its next attachment.
 */
export function createFetchPriority(): FetchPriority {
  const bySender = new RateLimiterMemory({ points: STEP, duration: 60 });
  return async ({ from, source }) => {
    if (source === 'reconcile') return HISTORY;
    const { consumedPoints } = await bySender.penalty(from);
    return Math.max(LOWEST, -Math.floor((consumedPoints - 1) / STEP)) + 0;
  };
}
