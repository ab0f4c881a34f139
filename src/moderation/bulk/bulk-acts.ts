import { randomUUID } from 'node:crypto';
import { recordAudit } from '../../audit/record-audit.ts';
import { AppError } from '../../errors.ts';
import type { BulkAct, BulkOutcome, Prisma } from '../../generated/prisma/client.ts';
import type { JobQueue } from '../../jobs/job-queue.ts';
import { cutPage } from '../../storage/cut-page.ts';
import type { Database } from '../../storage/database.ts';
import { type BulkListQuery, type BulkPosition, bulkCursor } from './bulk-list-query.ts';
import type { BulkRequest } from './bulk-request.ts';
import { type Selected, selectMedia } from './select-media.ts';

/** How many media have which outcome, those that are still to be done under `todo`. */
export type BulkCounts = Record<BulkOutcome | 'todo', number>;

/** A bulk act as the API tells it. */
export type BulkActItem = BulkAct & { total: number; counts: BulkCounts };

export interface BulkActs {
  /** What an act would do; nothing is changed or kept. */
  count(request: BulkRequest): Promise<{ total: number; counts: BulkCounts }>;
  /** Keeps the selection and sends the job that does it. */
  begin(request: BulkRequest, requestedBy: string): Promise<BulkActItem>;
  /** One page of acts, newest first; how far each is, `find` tells. */
  list(page: BulkListQuery): Promise<{ items: BulkAct[]; nextCursor: string | null }>;
  /** @throws AppError `not_found` */
  find(id: string): Promise<BulkActItem>;
  /** Of one outcome, in the order of their sids. */
  items(
    id: string,
    page: { outcome: BulkOutcome | null; after: string; limit: number },
  ): Promise<string[]>;
  /**
   * Ends it before what is still to be done, but for what is under way; what was done stays.
   *
   * @throws AppError `not_found`, `conflict` when it has ended
   */
  cancel(id: string, actor: string): Promise<BulkActItem>;
}

export function createBulkActs(database: Database, queue: JobQueue): BulkActs {
  const { prisma } = database;

  async function find(id: string): Promise<BulkActItem> {
    const act = await prisma.bulkAct.findUnique({ where: { id } });
    if (act === null) throw new AppError('not_found', 'There is no bulk act of this id.');
    const groups = await prisma.bulkItem.groupBy({
      by: ['outcome'],
      where: { actId: id },
      _count: true,
    });
    const counts = noCounts();
    for (const { outcome, _count } of groups) counts[outcome ?? 'todo'] += _count;
    return { ...act, ...totalOf(counts) };
  }

  return {
    async count(request) {
      const counts = noCounts();
      for await (const batch of selectMedia(prisma, request)) {
        for (const { outcome } of batch) counts[outcome ?? 'todo'] += 1;
      }
      return totalOf(counts);
    },
    async begin(request, requestedBy) {
      const { action, reasonCode, reason } = request;
      const id = randomUUID();
      await prisma.bulkAct.create({ data: { id, action, reasonCode, reason, requestedBy } });
      const keep = (batch: Selected[]) =>
        prisma.bulkItem.createMany({ data: batch.map((item) => ({ ...item, actId: id })) });
      let total = 0;
      for await (const batch of selectMedia(prisma, request)) {
        await keep(batch);
        total += batch.length;
      }
      const audit = { actor: requestedBy, target: id, reasonCode, reason } as const;
      await prisma.$transaction(async (tx) => {
        await tx.bulkAct.update({ where: { id }, data: { state: 'waiting' } });
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
      const { page, last } = cutPage(rows, limit);
      return { items: page, nextCursor: last === undefined ? null : bulkCursor(last) };
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

// The first condition is implied by the other; it is what the index can seek to.
function isAfter({ createdAt, id }: BulkPosition): Prisma.BulkActWhereInput {
  return {
    createdAt: { lte: createdAt },
    OR: [{ createdAt: { lt: createdAt } }, { id: { lt: id } }],
  };
}

function noCounts(): BulkCounts {
  return { todo: 0, changed: 0, unchanged: 0, unknown: 0, deleted: 0 };
}

function totalOf(counts: BulkCounts): { total: number; counts: BulkCounts } {
  return { total: Object.values(counts).reduce((sum, count) => sum + count, 0), counts };
}
