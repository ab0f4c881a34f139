import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import type { Database } from '../database/database.ts';
import type { ReceiveMessage } from '../inbound/receive-message.ts';
import type { JobHandler } from '../jobs/job-list.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import type { AskTwilio } from '../twilio/ask-twilio.ts';
import { createReadTwilio } from './read-twilio.ts';
import { createReconcileAccount } from './reconcile-account.ts';
import { createReconcileJob } from './reconcile-job.ts';
import { createRunReconciliation } from './run-reconciliation.ts';
import { createRunSweep } from './run-sweep.ts';
import { sendSweep } from './send-sweep.ts';
import { createTakeInMessage } from './take-in-message.ts';

/**
 * Asks for a sweep over the time that this process may have been down, begins the chain of sweeps,
 * and connects the parts of the job.
 *
 * @param deps.onReconciled hears how many messages were taken in
 * @returns the handler of the job `reconcile`
 */
export async function startReconciling(deps: {
  config: Pick<Config, 'twilioApiBaseUrl' | 'reconcileIntervalMinutes'>;
  /** Every account once; they may change meanwhile. */
  accounts: () => readonly string[];
  database: Database;
  queue: JobQueue;
  askTwilio: AskTwilio;
  receiveMessage: ReceiveMessage;
  log: Logger;
  onReconciled: (count: number) => void;
}): Promise<JobHandler<'reconcile'>> {
  const { config, accounts, database, queue, askTwilio, receiveMessage, log, onReconciled } = deps;
  const { twilioApiBaseUrl: apiBaseUrl, reconcileIntervalMinutes: intervalMinutes } = config;
  if (intervalMinutes > 0) {
    await sendSweep(database, queue, 'start', 0);
    await sendSweep(database, queue, 'interval', intervalMinutes);
  }
  const readTwilio = createReadTwilio({ apiBaseUrl, askTwilio });
  const takeInMessage = createTakeInMessage({ readTwilio, receiveMessage, apiBaseUrl, log });
  const reconcileAccount = createReconcileAccount({
    ...{ database, readTwilio, takeInMessage, onReconciled },
  });
  return createReconcileJob({
    ...{ database, queue, intervalMinutes },
    runReconciliation: createRunReconciliation({ database, reconcileAccount, log }),
    runSweep: createRunSweep({ database, accounts, reconcileAccount, log }),
  });
}
