import { createGroupCommit } from '../database/group-commit.ts';
import type { InboundMessage } from './inbound-message.ts';
import type { WriteGroup } from './message-store.ts';

/** `new`: written by this call. `known`: already stored, nothing changed. */
export type Receipt = 'new' | 'known';

/** Resolves once the message is committed and synced to disk; rejects when it is not. */
export type CommitMessage = (message: InboundMessage) => Promise<Receipt>;

const MAX_GROUP = 64;

/**
 * Commits messages in groups: messages that arrive during a commit share the next one. A single
 * message is written at once.
 *
 * @param concurrency concurrent transactions: two keep a server busy while one waits for its disk; the
 *   embedded database has a single session
 */
export function createCommitMessage(writeGroup: WriteGroup, concurrency: number): CommitMessage {
  async function write(messages: readonly InboundMessage[]): Promise<Receipt[]> {
    const bySid = new Map<string, InboundMessage>();
    for (const message of messages) {
      if (!bySid.has(message.sid)) bySid.set(message.sid, message);
    }
    // Always locked in the same order, so that two groups cannot deadlock.
    const sids = [...bySid.keys()].sort();
    const fresh = await writeGroup(sids.flatMap((sid) => bySid.get(sid) ?? []));
    // Several deliveries of one message in a group: only the first counts as new.
    return messages.map(({ sid }) => (fresh.delete(sid) ? 'new' : 'known'));
  }

  return createGroupCommit(write, { concurrency, maxSize: MAX_GROUP });
}
