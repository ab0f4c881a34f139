import { randomUUID } from 'node:crypto';
import { recordAudit } from '../../audit/record-audit.ts';
import type { Database, Transaction } from '../../database/database.ts';
import { toPage } from '../../database/scan-rows.ts';
import { AppError } from '../../errors/app-error.ts';
import type { BulkAct } from '../../generated/prisma/client.ts';
import { datedPage } from '../../http/dated-cursor.ts';
import type { Page } from '../../http/paging.ts';
import type { JobQueue } from '../../jobs/job-queue.ts';
import type {
  BulkActItem,
  BulkAction,
  BulkCounts,
  BulkItemOutcome,
  BulkItemsQuery,
  BulkListQuery,
  BulkRequest,
} from './bulk-schemas.ts';
import { countMedia, noCounts, type Selected, selectMedia } from './select-media.ts';

/** Rows per statement. */
const ROWS = 200;

export interface BulkActs {
  /** What an act would do; nothing is changed or stored. */
  count(request: BulkRequest): Promise<{ total: number; counts: BulkCounts }>;
  /**
   * Stores the selection and queues the job that processes it.
   *
   * @param alongside runs in the transaction that queues the job
   */
  begin(
    request: BulkRequest,
    requestedBy: string,
    alongside: (tx: Transaction, act: BulkActItem) => Promise<void>,
  ): Promise<BulkActItem>;
  /** One page of acts, newest first. */
  list(page: BulkListQuery): Promise<Page<BulkActItem>>;
  /** @throws AppError `not_found` */
  find(id: string): Promise<BulkActItem>;
  /**
   * One page of the media of an act, in the order of their sids.
   *
   * @throws AppError `not_found`
   */
  items(id: string, query: BulkItemsQuery): Promise<Page<BulkItemOutcome>>;
  /**
   * Ends the act: media that are not processed yet stay as they are, except those in progress; what was done
   * stays done.
   *
   * @throws AppError `not_found`, `conflict` when it has ended
   */
  cancel(id: string, actor: string): Promise<BulkActItem>;
}

export function createBulkActs(database: Database, queue: JobQueue): BulkActs {
  const { prisma } = database;

  async function find(id: string): Promise<BulkActItem> {
    const act = await prisma.bulkAct.findUnique({ where: { id } });
    if (act === null) throw new AppError('not_found', 'There is no bulk act with this id.');
    return bulkActItem(act);
  }

  return {
    async count(request) {
      return totalOf(await countMedia(prisma, request));
    },
    async begin(request, requestedBy, alongside) {
      const { action, reasonCode, reason } = request;
      const id = randomUUID();
      await prisma.bulkAct.create({ data: { id, action, reasonCode, reason, requestedBy } });
      const store = (batch: Selected[]) =>
        prisma.bulkItem.createMany({ data: batch.map((item) => ({ ...item, actId: id })) });
      const counts = noCounts();
      for await (const batch of selectMedia(prisma, request)) {
        for (let start = 0; start < batch.length; start += ROWS) {
          await store(batch.slice(start, start + ROWS));
        }
        for (const { outcome } of batch) counts[outcome ?? 'todo'] += 1;
      }
      const { total } = totalOf(counts);
      const audit = { actor: requestedBy, target: id, reasonCode, reason } as const;
      try {
        return await prisma.$transaction(async (tx) => {
          const data = { state: 'waiting', ...counts } as const;
          const act = bulkActItem(await tx.bulkAct.update({ where: { id }, data }));
          await alongside(tx, act);
          await recordAudit(tx, [{ ...audit, action: 'bulk.begin', after: { action, total } }]);
          await queue.send(tx, 'bulk-act', [{ payload: { id } }]);
          return act;
        });
      } catch (error) {
        // Nobody would run it.
        await prisma.bulkAct.deleteMany({ where: { id, state: 'selecting' } });
        throw error;
      }
    },
    async list(page) {
      const { items, nextCursor } = await datedPage(page, (select) =>
        prisma.bulkAct.findMany(select),
      );
      return { items: items.map(bulkActItem), nextCursor };
    },
    find,
    async items(id, { outcome, limit, cursor = '' }) {
      await find(id);
      const rows = await prisma.bulkItem.findMany({
        where: {
          actId: id,
          mediaSid: { gt: cursor },
          ...(outcome === undefined ? {} : { outcome: outcome === 'todo' ? null : outcome }),
        },
        orderBy: { mediaSid: 'asc' },
        take: limit + 1,
      });
      const { page, last } = toPage(rows, limit);
      return {
        items: page.map(({ mediaSid, outcome }) => ({ sid: mediaSid, outcome: outcome ?? 'todo' })),
        nextCursor: last?.mediaSid ?? null,
      };
    },
    async cancel(id, actor) {
      const isCancelled = await prisma.$transaction(async (tx) => {
        const { count } = await tx.bulkAct.updateMany({
          where: { id, endedAt: null },
          data: { state: 'cancelled', endedAt: new Date() },
        });
        if (count > 0) await recordAudit(tx, [{ actor, action: 'bulk.cancel', target: id }]);
        return count > 0;
      });
      const act = await find(id);
      if (!isCancelled) throw new AppError('conflict', `It is ${act.state}.`);
      return act;
    },
  };
}

function bulkActItem(act: BulkAct): BulkActItem {
  const { todo, changed, unchanged, unknown, deleted, ...rest } = act;
  return {
    ...rest,
    // The column is text, and `begin` alone writes it.
    action: act.action as BulkAction,
    ...totalOf({ todo, changed, unchanged, unknown, deleted }),
  };
}

function totalOf(counts: BulkCounts): { total: number; counts: BulkCounts } {
  return { total: Object.values(counts).reduce((sum, count) => sum + count, 0), counts };
}
