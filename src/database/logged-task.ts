import type { Logger } from 'pino';
import { asError } from '../errors/caught.ts';
import { createFailureLog } from '../monitoring/outage-log.ts';
import { isDatabaseOutage } from './server-client.ts';

/**
 * Wraps a repeated task so that it never rejects: it logs one line, with the error, when the task starts to
 * fail, and one when it works again. A database outage is logged elsewhere.
 */
export function createLoggedTask(
  log: Logger,
  messages: { begins: string; ends: string },
  task: (ending: AbortSignal) => Promise<void>,
): (ending: AbortSignal) => Promise<void> {
  const { begins, ends } = messages;
  const failureLog = createFailureLog(log, { begins, ends, failuresInARow: 1 });
  return async (ending) => {
    try {
      await task(ending);
      failureLog.answered();
    } catch (error) {
      if (ending.aborted) return;
      if (isDatabaseOutage(error)) log.debug({ err: error }, begins);
      else failureLog.failed(asError(error));
    }
  };
}
