import type { Logger } from 'pino';
import type { Database } from '../database/database.ts';
import type { CommitMessage } from '../inbound/commit-message.ts';
import type { JobHandler } from '../jobs/job-list.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import type { ReadinessCheck } from '../monitoring/readiness.ts';
import type { AskTwilio } from '../twilio/ask-twilio.ts';
import { createReadTwilio } from './read-twilio.ts';
import { createReconcileAccount } from './reconcile-account.ts';
import {
  createRunReconciliation,
  createRunSweep,
  type RunReconciliation,
  type RunSweep,
} from './run-sweep.ts';
import { createTakeInMessage } from './take-in-message.ts';

/** Sends a sweep now, for the time that this process may have been down, and the first one of the interval. */
export async function startSweeps(
  database: Database,
  queue: JobQueue,
  intervalMinutes: number,
): Promise<void> {
  await sendSweep(database, queue, 'start', 0);
  await sendSweep(database, queue, 'interval', intervalMinutes);
}

/** Sends the job of a sweep that is due in some minutes; a waiting job of the same kind is kept instead. */
async function sendSweep(
  { prisma }: Database,
  queue: JobQueue,
  sweep: 'start' | 'interval',
  minutes: number,
): Promise<void> {
  const startAfter = new Date(Date.now() + minutes * 60_000);
  const payload = { sweep, dueAt: startAfter.toISOString() };
  await prisma.$transaction((tx) => queue.send(tx, 'reconcile', [{ payload, startAfter }]));
}

/**
 * Builds the handler of the job `reconcile` from its parts.
 *
 * @param deps.accounts every account once; they may change meanwhile
 * @param deps.intervalMinutes between sweeps; 0 for none
 * @param deps.onReconciled called with the number of messages that were taken in
 */
export function createReconcileHandler(deps: {
  apiBaseUrl: string;
  intervalMinutes: number;
  accounts: () => readonly string[];
  database: Database;
  queue: JobQueue;
  askTwilio: AskTwilio;
  commitMessage: CommitMessage;
  log: Logger;
  onReconciled: (count: number) => void;
}): JobHandler<'reconcile'> {
  const { apiBaseUrl, intervalMinutes, accounts, database, queue, askTwilio, commitMessage, log } =
    deps;
  const { onReconciled } = deps;
  const readTwilio = createReadTwilio({ apiBaseUrl, askTwilio });
  const takeInMessage = createTakeInMessage({ readTwilio, commitMessage, apiBaseUrl, log });
  const reconcileAccount = createReconcileAccount({
    database,
    readTwilio,
    takeInMessage,
    onReconciled,
  });
  return createReconcileJob({
    database,
    queue,
    intervalMinutes,
    runReconciliation: createRunReconciliation({ database, reconcileAccount, log }),
    runSweep: createRunSweep({ database, accounts, reconcileAccount, log }),
  });
}

/**
 * The job `reconcile`: a request, a sweep at the start of a process, or a sweep at an interval. Each of
 * the latter sends the next one when it has ended, so there is one chain of them for any number of
 * processes, and they do not accumulate during an outage.
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

/** The health of the sweeps of all processes. */
interface SweepHealth {
  /** Reports the accounts whose last sweep failed: when and why, and when the last one succeeded. */
  check: ReadinessCheck;
  /**
   * The start of the last complete sweep of the account whose sweep is the oldest, in Unix seconds; 0
   * while an account has had none.
   */
  lastSuccess(): Promise<number>;
}

/** @param accounts every account once; they may change meanwhile */
export function createSweepHealth(
  { prisma }: Database,
  accounts: () => readonly string[],
): SweepHealth {
  let known = 0;
  return {
    async check() {
      const failed = await prisma.accountSweep
        .findMany({
          where: { accountSid: { in: [...accounts()] }, error: { not: null } },
          orderBy: { accountSid: 'asc' },
        })
        // A database outage is reported by its own check.
        .catch(() => []);
      if (failed.length === 0) return undefined;
      const failures = failed.map(({ accountSid, sweptUntil, failedAt, error }) => {
        const success =
          sweptUntil === null ? 'none succeeded yet' : `the last success was ${iso(sweptUntil)}`;
        return `the sweep of ${accountSid} failed ${iso(failedAt)}: ${error}; ${success}`;
      });
      return failures.join('. ');
    },
    async lastSuccess() {
      const sids = [...accounts()];
      try {
        const rows = await prisma.accountSweep.findMany({ where: { accountSid: { in: sids } } });
        const times = rows.map(({ sweptUntil }) => (sweptUntil?.getTime() ?? 0) / 1000);
        known = times.length < sids.length ? 0 : Math.min(...times);
      } catch {
        // The other metrics must be available while the database is down.
      }
      return known;
    },
  };
}

function iso(time: Date | null): string {
  return time?.toISOString() ?? '';
}
