import { randomUUID } from 'node:crypto';
import { recordAudit } from '../audit/record-audit.ts';
import type { Database } from '../database/database.ts';
import { AppError } from '../errors/app-error.ts';
import type { Reconciliation, ReconciliationAccount } from '../generated/prisma/client.ts';
import { datedPage } from '../http/dated-cursor.ts';
import type { Page } from '../http/paging.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import type { Selection } from './message-page.ts';
import { MAX_MISSING_SIDS } from './reconcile-account.ts';
import type {
  ReconciliationItem,
  ReconciliationListQuery,
  SweepItem,
} from './reconciliation-operations.ts';

export interface Reconciliations {
  /**
   * Creates a reconciliation and sends its job.
   *
   * @param actor for the audit log
   */
  begin(
    request: Selection & { until: Date; dryRun: boolean },
    actor: string,
  ): Promise<ReconciliationItem>;
  /** One page, newest first. */
  list(query: ReconciliationListQuery): Promise<Page<ReconciliationItem>>;
  /** The last sweep of each configured account. */
  sweeps(): Promise<SweepItem[]>;
  /** @throws AppError `not_found` */
  find(id: string): Promise<ReconciliationItem>;
}

/** Requested reconciliations; a job does them, so the client need not stay connected. */
export function createReconciliations(
  { prisma }: Database,
  queue: JobQueue,
  accounts: () => readonly string[],
): Reconciliations {
  return {
    begin: ({ since, until, to, dryRun }, actor) =>
      prisma.$transaction(async (tx) => {
        const row = await tx.reconciliation.create({
          data: {
            id: randomUUID(),
            since,
            until,
            to,
            dryRun,
            accounts: { create: accounts().map((accountSid) => ({ accountSid })) },
          },
          include: { accounts: true },
        });
        await queue.send(tx, 'reconcile', [{ payload: { id: row.id } }]);
        // Without the number that it may be limited to.
        const after = { since: since.toISOString(), until: until.toISOString(), dryRun };
        await recordAudit(tx, [{ actor, action: 'reconciliation.begin', target: row.id, after }]);
        return reconciliationItem(row);
      }),
    async list(query) {
      const { items, nextCursor } = await datedPage(query, (select) =>
        prisma.reconciliation.findMany({ ...select, include: { accounts: true } }),
      );
      return { items: items.map(reconciliationItem), nextCursor };
    },
    async sweeps() {
      const rows = await prisma.accountSweep.findMany({
        where: { accountSid: { in: [...accounts()] } },
      });
      const known = new Map(rows.map((row) => [row.accountSid, row]));
      return [...accounts()]
        .toSorted()
        .map(
          (accountSid) =>
            known.get(accountSid) ?? { accountSid, sweptUntil: null, failedAt: null, error: null },
        );
    },
    async find(id) {
      const row = await prisma.reconciliation.findUnique({
        where: { id },
        include: { accounts: true },
      });
      if (row === null) throw new AppError('not_found', 'There is no reconciliation with this id.');
      return reconciliationItem(row);
    },
  };
}

function reconciliationItem({
  accounts,
  ...row
}: Reconciliation & { accounts: ReconciliationAccount[] }): ReconciliationItem {
  const sum = (count: (account: ReconciliationAccount) => number) =>
    accounts.reduce((total, account) => total + count(account), 0);
  const errors = accounts.flatMap(({ error }) => error ?? []);
  return {
    ...row,
    progress: sum((account) => fractionOf(account, row)) / accounts.length,
    listed: sum(({ listed }) => listed),
    missing: sum(({ missing }) => missing),
    takenIn: sum(({ takenIn }) => takenIn),
    failed: sum(({ failed }) => failed),
    error: errors.length === 0 ? null : errors.join('; '),
    missingSids: accounts.flatMap(({ missingSids }) => missingSids).slice(0, MAX_MISSING_SIDS),
  };
}

function fractionOf(
  { endedAt, reachedAt }: ReconciliationAccount,
  { since, until }: Reconciliation,
): number {
  if (endedAt !== null) return 1;
  if (reachedAt === null) return 0;
  const covered = until.getTime() - reachedAt.getTime();
  return Math.min(1, Math.max(0, covered / (until.getTime() - since.getTime())));
}
