import type { Database } from '../database/database.ts';
import type { JobHandler } from '../jobs/job-list.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import type { RunReconciliation } from './run-reconciliation.ts';
import type { RunSweep } from './run-sweep.ts';
import { sendSweep } from './send-sweep.ts';

/**
 * The job `reconcile`: a request, a sweep at the start of a process, or one of the sweeps at
 * intervals. Of these each sends the next one when it has ended, so there is one chain of them
 * however many processes there are, and an outage does not pile them up.
 *
 * @param intervalMinutes 0 ends the chain
 */
export function createReconcileJob(deps: {
  database: Database;
  queue: JobQueue;
  runReconciliation: RunReconciliation;
  runSweep: RunSweep;
  intervalMinutes: number;
}): JobHandler<'reconcile'> {
  const { database, queue, runReconciliation, runSweep, intervalMinutes } = deps;

  return async (payload, signal) => {
    if ('id' in payload) return runReconciliation(payload.id, signal);
    if (intervalMinutes === 0) return;
    await runSweep(new Date(payload.dueAt), signal);
    if (payload.sweep === 'interval') await sendSweep(database, queue, 'interval', intervalMinutes);
  };
}
