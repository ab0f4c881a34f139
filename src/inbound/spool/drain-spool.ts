import { ZodError } from 'zod';
import type { CommitMessage, Receipt } from '../commit-message.ts';
import type { InboundMessage } from '../inbound-message.ts';
import type { MessageSpool } from './message-spool.ts';

/** How many messages ended in which way. */
export interface DrainCounts {
  /** Committed by this. */
  new: number;
  /** In the database already. */
  known: number;
  /** Refused by the database, and set aside. */
  setAside: number;
  /** Not readable as a message; left where they are. */
  unreadable: number;
}

/**
 * Commits all messages of a spool once, oldest first, as its receiver would. It may be interrupted and repeated, and
 * run beside a receiver that drains the same folder.
 *
 * @param deps.isFaultOfData whether the message itself causes an error of `commitMessage`
 * @param onCounted called after each message
 * @throws the error of `commitMessage` when the database takes no message at all
 */
export async function drainSpool(
  deps: {
    spool: MessageSpool;
    commitMessage: CommitMessage;
    isFaultOfData: (error: unknown) => boolean;
  },
  onCounted: (counts: Readonly<DrainCounts>) => void = () => undefined,
): Promise<DrainCounts> {
  const { spool, commitMessage, isFaultOfData } = deps;
  const counts: DrainCounts = { new: 0, known: 0, setAside: 0, unreadable: 0 };

  async function drainOne(name: string): Promise<keyof DrainCounts | undefined> {
    let message: InboundMessage | undefined;
    try {
      message = await spool.read(name);
    } catch (error) {
      if (error instanceof SyntaxError || error instanceof ZodError) return 'unreadable';
      throw error;
    }
    if (message === undefined) return undefined;
    let receipt: Receipt;
    try {
      receipt = await commitMessage(message);
    } catch (error) {
      if (!isFaultOfData(error)) throw error;
      await spool.reject(name);
      return 'setAside';
    }
    await spool.remove(name);
    return receipt;
  }

  for (const name of await spool.names()) {
    const end = await drainOne(name);
    // Otherwise another receiver has just drained it.
    if (end !== undefined) counts[end] += 1;
    onCounted(counts);
  }
  return counts;
}
