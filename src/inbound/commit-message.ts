import type { InboundMessage } from './inbound-message.ts';
import type { WriteGroup } from './message-store.ts';

/** `new`: written by this call. `known`: already stored, nothing changed. */
export type Receipt = 'new' | 'known';

/** Resolves once the message is committed and synced to disk; rejects when it is not. */
export type CommitMessage = (message: InboundMessage) => Promise<Receipt>;

interface Waiting {
  message: InboundMessage;
  resolve(receipt: Receipt): void;
  reject(error: unknown): void;
}

// Larger groups would only make each member wait longer.
const MAX_GROUP = 64;

/**
 * Commits messages in groups: messages that arrive during a commit share the next one. A single
 * message is written at once. When a group fails, each of its messages is retried by itself, so that
 * none fails because of another.
 *
 * @param concurrency concurrent transactions: two keep a server busy while one waits for its disk; the
 *   embedded database has a single session
 */
export function createCommitMessage(writeGroup: WriteGroup, concurrency: number): CommitMessage {
  const waiting: Waiting[] = [];
  let running = 0;

  async function drain(): Promise<void> {
    running += 1;
    while (waiting.length > 0) await writeTogether(waiting.splice(0, MAX_GROUP));
    running -= 1;
  }

  async function writeTogether(group: Waiting[]): Promise<void> {
    const bySid = new Map<string, InboundMessage>();
    for (const { message } of group) {
      if (!bySid.has(message.sid)) bySid.set(message.sid, message);
    }
    // Always locked in the same order, so that two groups cannot deadlock.
    const sids = [...bySid.keys()].sort();
    try {
      const fresh = await writeGroup(sids.flatMap((sid) => bySid.get(sid) ?? []));
      for (const { message, resolve } of group) {
        // Several deliveries of one message in a group: only the first counts as new.
        resolve(fresh.delete(message.sid) ? 'new' : 'known');
      }
    } catch (error) {
      if (group.length === 1) group[0]?.reject(error);
      else for (const alone of group) await writeTogether([alone]);
    }
  }

  return (message) =>
    new Promise((resolve, reject) => {
      waiting.push({ message, resolve, reject });
      if (running < concurrency) void drain();
    });
}
