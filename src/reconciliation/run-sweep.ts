import type { Logger } from 'pino';
import type { Database } from '../database/database.ts';
import { TwilioError } from '../twilio/twilio-error.ts';
import { type AccountProgress, NO_PROGRESS, type ReconcileAccount } from './reconcile-account.ts';

/**
 * Reconciles every account over the time that no complete sweep has covered yet, and at least the
 * last day. An account whose last sweep started after `dueAt` is skipped, so that sweeps requested by
 * several processes, or repeatedly during an outage, run once.
 *
 * @throws TwilioError for an outage
 */
export type RunSweep = (dueAt: Date, signal: AbortSignal) => Promise<void>;

export function createRunSweep(deps: {
  database: Database;
  accounts: () => readonly string[];
  reconcileAccount: ReconcileAccount;
  log: Logger;
}): RunSweep {
  const { accounts, reconcileAccount, log } = deps;
  const { accountSweep } = deps.database.prisma;

  /** Does nothing when another process has completed a sweep meanwhile. */
  async function recordFailure(accountSid: string, startedAt: Date, error: string): Promise<void> {
    await accountSweep.createMany({ data: [{ accountSid }], skipDuplicates: true });
    await accountSweep.updateMany({
      where: { accountSid, OR: [{ sweptUntil: null }, { sweptUntil: { lt: startedAt } }] },
      data: { failedAt: new Date(), error },
    });
  }

  return (dueAt, signal) =>
    forEachAccount(accounts(), log, async (accountSid) => {
      const last = await accountSweep.findUnique({ where: { accountSid } });
      const sweptUntil = new Date();
      const before = last?.sweptUntil ?? null;
      if (before !== null && isSwept(sweptUntil, dueAt, before)) return;
      const since = sweepSince(sweptUntil, before);
      const progress: AccountProgress = { ...NO_PROGRESS, missingSids: [] };
      await reconcileAccount(
        {
          accountSid,
          progress,
          selection: { since, until: null, to: null },
          dryRun: false,
          // An interrupted sweep starts again: messages that it took in are skipped then.
          save: async () => undefined,
        },
        signal,
      ).catch(async (error) => {
        if (error instanceof TwilioError) {
          await recordFailure(accountSid, sweptUntil, error.message);
        }
        throw error;
      });
      await accountSweep.upsert({
        where: { accountSid },
        create: { accountSid, sweptUntil },
        update: { sweptUntil, failedAt: null, error: null },
      });
      const { listed, missing, takenIn, failed } = progress;
      log.info({ accountSid, since, listed, missing, takenIn, failed }, 'account swept');
    });
}

/**
 * Runs one requested reconciliation, and resumes where an earlier run has stopped.
 *
 * @throws TwilioError for an outage
 */
export type RunReconciliation = (id: string, signal: AbortSignal) => Promise<void>;

export function createRunReconciliation(deps: {
  database: Database;
  reconcileAccount: ReconcileAccount;
  log: Logger;
}): RunReconciliation {
  const { reconcileAccount } = deps;
  const { reconciliation, reconciliationAccount } = deps.database.prisma;

  return async (id, signal) => {
    const row = await reconciliation.findUnique({ where: { id }, include: { accounts: true } });
    if (row === null || row.endedAt !== null) return;
    const log = deps.log.child({ reconciliationId: id, dryRun: row.dryRun });
    await reconciliation.update({ where: { id }, data: { state: 'running' } });
    const left = row.accounts.filter(({ endedAt }) => endedAt === null);
    await forEachAccount(
      left.map(({ accountSid }) => accountSid),
      log,
      async (accountSid) => {
        const account = left.find((one) => one.accountSid === accountSid);
        if (account === undefined) return;
        const { page, reachedAt, listed, missing, takenIn, failed, missingSids } = account;
        const progress = { page, reachedAt, listed, missing, takenIn, failed, missingSids };
        const write = async (data: { error?: string | null; endedAt?: Date }) => {
          const key = { reconciliationId: id, accountSid };
          await reconciliationAccount.update({
            where: { reconciliationId_accountSid: key },
            data: { ...progress, ...data },
          });
        };
        try {
          const { dryRun, ...selection } = row;
          const save = () => write({ error: null });
          await reconcileAccount({ accountSid, selection, dryRun, progress, save }, signal);
          await write({ endedAt: new Date() });
        } catch (error) {
          if (error instanceof TwilioError) {
            const isFinal = error.kind !== 'outage';
            await write({ error: error.message, ...(isFinal ? { endedAt: new Date() } : {}) });
          }
          throw error;
        }
        log.info(
          {
            accountSid,
            listed: progress.listed,
            missing: progress.missing,
            takenIn: progress.takenIn,
            failed: progress.failed,
          },
          'account reconciled',
        );
      },
    );
    const withError = await reconciliationAccount.count({
      where: { reconciliationId: id, error: { not: null } },
    });
    await reconciliation.update({
      where: { id },
      data: { state: withError === 0 ? 'done' : 'failed', endedAt: new Date() },
    });
  };
}

/**
 * Works on one account after the other. A failure of one account does not stop the others; failures
 * that a retry cannot fix are only logged as errors.
 *
 * @throws TwilioError the last outage, after all accounts; any other error immediately
 */
async function forEachAccount(
  accountSids: readonly string[],
  log: Logger,
  work: (accountSid: string) => Promise<void>,
): Promise<void> {
  let outage: TwilioError | undefined;
  for (const accountSid of accountSids) {
    try {
      await work(accountSid);
    } catch (error) {
      if (!(error instanceof TwilioError)) throw error;
      if (error.kind === 'outage') outage = error;
      else log.error({ accountSid }, `account not reconciled: ${error.message}`);
    }
  }
  if (outage !== undefined) throw outage;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
// Covers messages that Twilio lists late, and clock skew.
const OVERLAP_MS = 15 * MINUTE_MS;
const MAX_MS = 30 * DAY_MS;

/**
 * The start of a sweep's time range: a day ago, or a little before the start of the last complete sweep
 * if that is longer ago, but at most 30 days.
 *
 * @param sweptUntil null before the first sweep; in the future when the clock was set back since: the
 *   time since that sweep is unknown then
 */
export function sweepSince(now: Date, sweptUntil: Date | null): Date {
  const day = now.getTime() - DAY_MS;
  const longest = now.getTime() - MAX_MS;
  if (sweptUntil === null) return new Date(day);
  if (isInFuture(now, sweptUntil)) return new Date(longest);
  return new Date(Math.max(Math.min(day, sweptUntil.getTime() - OVERLAP_MS), longest));
}

/** Whether a sweep that was due at `dueAt` has been completed meanwhile. */
export function isSwept(now: Date, dueAt: Date, sweptUntil: Date): boolean {
  return sweptUntil >= dueAt && !isInFuture(now, sweptUntil);
}

function isInFuture(now: Date, time: Date): boolean {
  return time.getTime() > now.getTime() + OVERLAP_MS;
}
