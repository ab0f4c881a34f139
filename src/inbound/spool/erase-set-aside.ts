import type { Logger } from 'pino';
import { createLoggedTask } from '../../database/logged-task.ts';
import { repeatTask } from '../../lifecycle/repeat-task.ts';

import type { InboundMessage } from '../inbound-message.ts';
import type { MessageSpool } from './message-spool.ts';

const EVERY_MS = 60_000;

/**
 * Now and every minute: what was set aside here and whose sender was erased since, by whatever machine,
 * becomes a tombstone in the database and goes from the disk. What waits in the spool does so when it is
 * drained.
 *
 * @param deps.commitMessage commits one message
 * @returns what ends it
 */
export function startErasingSetAside(deps: {
  spool: Pick<MessageSpool, 'size' | 'setAside'>;
  isErased: (message: InboundMessage) => Promise<boolean>;
  commitMessage: (message: InboundMessage) => Promise<unknown>;
  log: Logger;
}): () => Promise<void> {
  const { spool, isErased, commitMessage, log } = deps;

  async function eraseAll(ending: AbortSignal): Promise<void> {
    if (spool.size().rejected === 0) return;
    for await (const { message, remove } of spool.setAside()) {
      if (ending.aborted) return;
      if (!(await isErased(message))) continue;
      await commitMessage(message);
      await remove();
      log.info({ messageSid: message.sid }, 'message that was set aside erased with its sender');
    }
  }

  const words = {
    begins: 'messages set aside cannot be looked through, tried again',
    ends: 'messages set aside are looked through again',
  };
  const task = createLoggedTask(log, words, eraseAll);
  return repeatTask({ task, everyMs: EVERY_MS });
}
