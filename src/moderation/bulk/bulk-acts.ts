import { randomUUID } from 'node:crypto';
import { recordAudit } from '../../audit/record-audit.ts';
import type { Database } from '../../database/database.ts';
import { toPage } from '../../database/scan-rows.ts';
import { AppError } from '../../errors/app-error.ts';
import type { BulkAct, BulkOutcome, Prisma } from '../../generated/prisma/client.ts';
import type { JobQueue } from '../../jobs/job-queue.ts';
import {
  type BulkListQuery,
  type BulkPosition,
  type BulkRequest,
  bulkCursor,
} from './bulk-request.ts';
import {
  type BulkCounts,
  countMedia,
  noCounts,
  type Selected,
  selectMedia,
} from './select-media.ts';

/** Rows per statement. */
const ROWS = 200;

/** A bulk act as the API returns it. */
export type BulkActItem = Omit<BulkAct, keyof BulkCounts> & { total: number; counts: BulkCounts };

export interface BulkActs {
  /** What an act would do; nothing is changed or stored. */
  count(request: BulkRequest): Promise<{ total: number; counts: BulkCounts }>;
  /** Stores the selection and queues the job that processes it. */
  begin(request: BulkRequest, requestedBy: string): Promise<BulkActItem>;
  /** One page of acts, newest first. */
  list(page: BulkListQuery): Promise<{ items: BulkActItem[]; nextCursor: string | null }>;
  /** @throws AppError `not_found` */
  find(id: string): Promise<BulkActItem>;
  /** The sids of media with one outcome, in order. */
  items(
    id: string,
    page: { outcome: BulkOutcome | null; after: string; limit: number },
  ): Promise<string[]>;
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
    async begin(request, requestedBy) {
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
      await prisma.$transaction(async (tx) => {
        await tx.bulkAct.update({ where: { id }, data: { state: 'waiting', ...counts } });
        await recordAudit(tx, [{ ...audit, action: 'bulk.begin', after: { action, total } }]);
        await queue.send(tx, 'bulk-act', [{ payload: { id } }]);
      });
      return find(id);
    },
    async list({ limit, cursor }) {
      const rows = await prisma.bulkAct.findMany({
        where: cursor === undefined ? {} : isAfter(cursor),
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        take: limit + 1,
      });
      const { page, last } = toPage(rows, limit);
      return {
        items: page.map(bulkActItem),
        nextCursor: last === undefined ? null : bulkCursor(last),
      };
    },
    find,
    async items(id, { outcome, after, limit }) {
      const rows = await prisma.bulkItem.findMany({
        where: { actId: id, outcome, mediaSid: { gt: after } },
        orderBy: { mediaSid: 'asc' },
        take: limit,
      });
      return rows.map(({ mediaSid }) => mediaSid);
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

// The first condition is implied by the second, but the index can seek to it.
function isAfter({ createdAt, id }: BulkPosition): Prisma.BulkActWhereInput {
  return {
    createdAt: { lte: createdAt },
    OR: [{ createdAt: { lt: createdAt } }, { id: { lt: id } }],
  };
}

function bulkActItem(act: BulkAct): BulkActItem {
  const { todo, changed, unchanged, unknown, deleted, ...rest } = act;
  return { ...rest, ...totalOf({ todo, changed, unchanged, unknown, deleted }) };
}

function totalOf(counts: BulkCounts): { total: number; counts: BulkCounts } {
  return { total: Object.values(counts).reduce((sum, count) => sum + count, 0), counts };
}
