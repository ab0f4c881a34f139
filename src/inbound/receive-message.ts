import type { InboundMessage } from './inbound-message.ts';
import type { WriteGroup } from './message-store.ts';

/** `new`: written by this call. `known`: was there already, nothing changed. */
export type Receipt = 'new' | 'known';

/** Resolves once the message is committed and synced to disk; rejects when it is not. */
export type ReceiveMessage = (message: InboundMessage) => Promise<Receipt>;

interface Waiting {
  message: InboundMessage;
  resolve(receipt: Receipt): void;
  reject(error: unknown): void;
}

// Two transactions at a time keep the database busy while one of them waits for the disk; larger
// groups than this would only make each member wait longer.
const LANES = 2;
const LARGEST_GROUP = 64;

/**
 * Commits messages in groups: what arrives while a commit is under way shares the next one. A lone
 * message is written at once. Should a group fail, each of its messages is tried by itself, so none
 * fails because of another.
 */
export function createReceiveMessage(writeGroup: WriteGroup): ReceiveMessage {
  const waiting: Waiting[] = [];
  let lanesInUse = 0;

  async function drain(): Promise<void> {
    lanesInUse += 1;
    while (waiting.length > 0) await writeTogether(waiting.splice(0, LARGEST_GROUP));
    lanesInUse -= 1;
  }

  async function writeTogether(group: Waiting[]): Promise<void> {
    // Rows of one group are locked in one order, so that two groups cannot lock each other out.
    const messages = group
      .map(({ message }) => message)
      .sort((a, b) => (a.sid < b.sid ? -1 : Number(a.sid > b.sid)));
    try {
      const fresh = await writeGroup(messages);
      for (const { message, resolve } of group) {
        // Of several deliveries of one message in this group, the first is the new one.
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
      if (lanesInUse < LANES) void drain();
    });
}
