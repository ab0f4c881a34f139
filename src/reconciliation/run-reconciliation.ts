import type { Logger } from 'pino';
import type { Database } from '../database/database.ts';
import { TwilioError } from '../twilio/twilio-error.ts';
import { forEachAccount } from './for-each-account.ts';
import type { ReconcileAccount } from './reconcile-account.ts';

/**
 * Works on one requested reconciliation, from where an earlier run of it has stopped.
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
            const isFinal = error.trouble !== 'outage';
            await write({ error: error.message, ...(isFinal ? { endedAt: new Date() } : {}) });
          }
          throw error;
        }
        log.info(
          {
            accountSid,
            ...{ listed: progress.listed, missing: progress.missing },
            ...{ takenIn: progress.takenIn, failed: progress.failed },
          },
          'account reconciled',
        );
      },
    );
    const troubled = await reconciliationAccount.count({
      where: { reconciliationId: id, error: { not: null } },
    });
    await reconciliation.update({
      where: { id },
      data: { state: troubled === 0 ? 'done' : 'failed', endedAt: new Date() },
    });
  };
}
