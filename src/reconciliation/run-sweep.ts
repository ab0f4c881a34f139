import type { Logger } from 'pino';
import type { Database } from '../database/database.ts';
import { TwilioError } from '../twilio/twilio-error.ts';
import { forEachAccount } from './for-each-account.ts';
import { type AccountProgress, NO_PROGRESS, type ReconcileAccount } from './reconcile-account.ts';
import { isSwept, sweepSince } from './sweep-window.ts';

/**
 * Reconciles every account over the time that no complete sweep has covered yet, and at least the
 * last day. An account whose last sweep began after `dueAt` is passed over, so sweeps that were asked
 * for by several processes, or again and again during an outage, are one.
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

  /** Unless another process has swept meanwhile. */
  async function recordFailure(accountSid: string, began: Date, error: string): Promise<void> {
    await accountSweep.createMany({ data: [{ accountSid }], skipDuplicates: true });
    await accountSweep.updateMany({
      where: { accountSid, OR: [{ sweptUntil: null }, { sweptUntil: { lt: began } }] },
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
          ...{ accountSid, progress },
          selection: { since, until: null, to: null },
          dryRun: false,
          // An interrupted sweep begins anew: what it took in is known then.
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
