import QuickLRU from 'quick-lru';
import type { InboundMessage } from './inbound-message.ts';

// As many as a message may have.
const STEP = 10;
/** What a sender may send for ever without yielding to others. */
const PER_SECOND = 2;
const LOWEST = -100;
/** Of what is taken in from Twilio's history: after everything that arrives now. */
const HISTORY = LOWEST - 1;
const MAX_SENDERS = 10_000;

/** The priority of the jobs that fetch the attachments of a message; higher ones run first. */
export type FetchPriority = (
  message: Pick<InboundMessage, 'from' | 'source'> & { media: readonly unknown[] },
) => number;

/**
 * Keeps a sender of hundreds of attachments from holding up others: a leaky bucket for each sender. The fuller it
 * is, the lower is the priority of the next message of that sender. Counts what this process has received.
 */
export function createFetchPriority(): FetchPriority {
  const bySender = new QuickLRU<string, { level: number; at: number }>({ maxSize: MAX_SENDERS });
  // A transaction that fails is repeated, and asks for the same messages again.
  const known = new WeakMap<object, number>();
  return (message) => {
    const priority = known.get(message) ?? count(message);
    known.set(message, priority);
    return priority;
  };

  function count({ from, source, media }: Parameters<FetchPriority>[0]): number {
    if (source === 'reconcile') return HISTORY;
    const now = performance.now();
    const { level, at } = bySender.get(from) ?? { level: 0, at: now };
    const rest = Math.max(0, level - ((now - at) / 1000) * PER_SECOND);
    bySender.set(from, { level: Math.min(rest + media.length, STEP * -LOWEST), at: now });
    return Math.max(LOWEST, -Math.floor(rest / STEP)) + 0;
  }
}
