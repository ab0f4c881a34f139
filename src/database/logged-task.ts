import type { Logger } from 'pino';
import { asError } from '../errors/caught.ts';
import { createFailureLog } from '../monitoring/outage-log.ts';
import { isDatabaseOutage } from './server-client.ts';

/**
 * A task that is done again and again, and never rejects: one line when it begins to fail, with the error,
 * and one when it works again. An outage of the database has lines of its own.
 */
export function createLoggedTask(
  log: Logger,
  words: { begins: string; ends: string },
  task: (ending: AbortSignal) => Promise<void>,
): (ending: AbortSignal) => Promise<void> {
  const { begins, ends } = words;
  const trouble = createFailureLog(log, { begins, ends, failuresInARow: 1 });
  return async (ending) => {
    try {
      await task(ending);
      trouble.answered();
    } catch (error) {
      if (ending.aborted) return;
      if (isDatabaseOutage(error)) log.debug({ err: error }, begins);
      else trouble.failed(asError(error));
    }
  };
}
