import { randomUUID } from 'node:crypto';
import { recordAudit } from '../../audit/record-audit.ts';
import type { Caller } from '../../auth/api-keys.ts';
import { hasRole } from '../../auth/authentication.ts';
import type { Database, Transaction } from '../../database/database.ts';
import { toPage } from '../../database/scan-rows.ts';
import { AppError } from '../../errors/app-error.ts';
import type { BulkAct } from '../../generated/prisma/client.ts';
import { datedPage } from '../../http/dated-cursor.ts';
import type { Page } from '../../http/paging.ts';
import type { JobQueue } from '../../jobs/job-queue.ts';
import { bulkActItem, totalOf } from './bulk-act-item.ts';
import type {
  BulkActItem,
  BulkCounts,
  BulkItemOutcome,
  BulkItemsQuery,
  BulkListQuery,
  BulkRequest,
} from './bulk-schemas.ts';
import { countMedia, noCounts, type Selected, type Selector, selectMedia } from './select-media.ts';

/** Rows per statement. */
const ROWS = 200;

export interface BulkActs {
  /** What an act would do; nothing is changed or stored. */
  count(request: BulkRequest, caller: Selector): Promise<{ total: number; counts: BulkCounts }>;
  /**
   * Stores the selection and queues the job that processes it.
   *
   * @param alongside runs in the transaction that queues the job
   * @throws AppError `conflict` when it was cancelled while media were selected
   */
  begin(
    request: BulkRequest,
    caller: Selector,
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
   * @throws AppError `not_found`; `forbidden` for an act of somebody else; `conflict` when it has ended
   */
  cancel(id: string, caller: Pick<Caller, 'name' | 'role'>): Promise<BulkActItem>;
}

export function createBulkActs(database: Database, queue: JobQueue): BulkActs {
  const { prisma } = database;

  async function find(id: string): Promise<BulkActItem> {
    const act = await prisma.bulkAct.findUnique({ where: { id } });
    if (act === null) throw new AppError('not_found', 'There is no bulk act with this id.');
    return bulkActItem(act);
  }

  return {
    async count(request, caller) {
      return totalOf(await countMedia(prisma, request, caller));
    },
    async begin(request, caller, alongside) {
      const { action, queue: from = null, reasonCode, reason } = request;
      const requestedBy = caller.name;
      const id = randomUUID();
      // By the clock that decisions have: those of others that come later are left alone.
      const createdAt = new Date();
      const stored = { id, action, queue: from, reasonCode, reason, requestedBy, createdAt };
      await prisma.bulkAct.create({ data: stored });
      const store = (batch: Selected[]) =>
        prisma.bulkItem.createMany({ data: batch.map((item) => ({ ...item, actId: id })) });
      const counts = noCounts();
      const audit = { actor: requestedBy, target: id, reasonCode, reason } as const;
      try {
        for await (const batch of selectMedia(prisma, request, caller)) {
          for (let start = 0; start < batch.length; start += ROWS) {
            await store(batch.slice(start, start + ROWS));
          }
          for (const { outcome } of batch) counts[outcome ?? 'todo'] += 1;
        }
        const { total } = totalOf(counts);
        return await prisma.$transaction(async (tx) => {
          const act = bulkActItem(await endSelecting(tx, id, counts));
          await alongside(tx, act);
          const after = { action, total, ...(from !== null && { queue: from }) };
          await recordAudit(tx, [{ ...audit, action: 'bulk.begin', after }]);
          await queue.send(tx, action === 'delete' ? 'bulk-delete' : 'bulk-act', [
            { payload: { id } },
          ]);
          return act;
        });
      } catch (error) {
        await abandonSelecting(prisma, id, counts);
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
    async cancel(id, caller) {
      const { requestedBy } = await find(id);
      const actor = caller.name;
      if (requestedBy !== actor && !hasRole(caller, 'admin')) {
        throw new AppError('forbidden', `Only ${requestedBy} and admins can take this act back.`);
      }
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

/** After a failure: nobody would run the act. One that was cancelled stays, with what it has not reached. */
export async function abandonSelecting(
  { bulkAct }: Pick<Transaction, 'bulkAct'>,
  id: string,
  counts: Partial<BulkCounts>,
): Promise<void> {
  await bulkAct.deleteMany({ where: { id, state: 'selecting' } });
  await bulkAct.updateMany({ where: { id, state: 'cancelled' }, data: counts });
}

/**
 * The act waits for its job now.
 *
 * @throws AppError `conflict` when it was cancelled while media were selected
 */
export async function endSelecting(
  tx: Transaction,
  id: string,
  counts: Partial<BulkCounts>,
): Promise<BulkAct> {
  const [act] = await tx.bulkAct.updateManyAndReturn({
    where: { id, state: 'selecting', endedAt: null },
    data: { state: 'waiting', ...counts },
  });
  if (act === undefined) {
    throw new AppError('conflict', 'It was cancelled while its attachments were selected.');
  }
  return act;
}
