import type { Logger } from 'pino';
import { createLoggedTask } from '../../database/logged-task.ts';
import { repeatTask } from '../../lifecycle/repeat-task.ts';
import type { InboundMessage } from '../inbound-message.ts';
import type { MessageSpool } from './message-spool.ts';

const EVERY_MS = 60_000;

/**
 * Now and every minute: messages set aside here whose sender has been erased since, by any machine, become
 * tombstones in the database and are removed from the disk. For waiting messages this happens when the spool
 * is drained.
 *
 * @param deps.commitMessage commits one message
 * @returns stops the task
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
      log.info({ messageSid: message.sid }, 'set-aside message erased with its sender');
    }
  }

  const messages = {
    begins: 'messages set aside cannot be checked for erased senders, retrying',
    ends: 'messages set aside are checked for erased senders again',
  };
  const task = createLoggedTask(log, messages, eraseAll);
  return repeatTask({ task, everyMs: EVERY_MS });
}
