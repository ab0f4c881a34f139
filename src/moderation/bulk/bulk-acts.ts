import { randomUUID } from 'node:crypto';
import { recordAudit } from '../../audit/record-audit.ts';
import type { Database } from '../../database/database.ts';
import { mediaSelection, NEWEST_MEDIA_FIRST } from '../../database/media-scan.ts';
import { countRows, type ScanSelection, scanRows, toPage } from '../../database/scan-rows.ts';
import { AppError } from '../../errors/app-error.ts';
import {
  type BulkAct,
  type BulkOutcome,
  type Media,
  Prisma,
  type PrismaClient,
} from '../../generated/prisma/client.ts';
import type { JobQueue } from '../../jobs/job-queue.ts';
import { DECISIONS } from '../decisions.ts';
import {
  type BulkAction,
  type BulkListQuery,
  type BulkPosition,
  type BulkRequest,
  bulkCursor,
} from './bulk-request.ts';

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

/** Rows per statement: none blocks others for long, however many rows are selected. */
const BATCH = 1000;

/** An attachment that a bulk act selects; `outcome` when it is known in advance, else null. */
interface Selected {
  mediaSid: string;
  outcome: BulkOutcome | null;
}

/** The number of media with each outcome; `todo` counts those that are still to be processed. */
type BulkCounts = Record<BulkOutcome | 'todo', number>;

function noCounts(): BulkCounts {
  return { todo: 0, changed: 0, unchanged: 0, unknown: 0, deleted: 0 };
}

/** Counts the media that a request selects, by the outcome that is known in advance. */
export async function countMedia(
  prisma: Pick<PrismaClient, 'media' | '$queryRaw'>,
  request: Pick<BulkRequest, 'action' | 'sids' | 'filter'>,
): Promise<BulkCounts> {
  const { action, sids, filter = {} } = request;
  const counts = noCounts();
  if (sids !== undefined) {
    for await (const batch of selectMedia(prisma, request)) {
      for (const { outcome } of batch) counts[outcome ?? 'todo'] += 1;
    }
    return counts;
  }
  const count = async (selection: ScanSelection) =>
    countRows(prisma, NEWEST_MEDIA_FIRST, selection);
  const selection = await mediaSelection(prisma, filter);
  const total = await count(selection);
  // Either all of the selected media are deleted, or none is.
  if (filter.state === 'deleted') return { ...counts, deleted: total };
  if (action === 'delete') return { ...counts, todo: total };
  const isUnchanged =
    action === 'scan'
      ? Prisma.sql`state <> 'stored'`
      : Prisma.sql`moderation = ${DECISIONS[action].moderation}::"Moderation"`;
  const unchanged = await count({
    ranges: selection.ranges,
    filter: Prisma.sql`${selection.filter} AND ${isUnchanged}`,
  });
  return { ...counts, todo: total - unchanged, unchanged };
}

/** The media that a request selects, in batches. */
async function* selectMedia(
  prisma: Pick<PrismaClient, 'media' | '$queryRaw'>,
  { action, sids, filter }: Pick<BulkRequest, 'action' | 'sids' | 'filter'>,
): AsyncGenerator<Selected[]> {
  if (sids !== undefined) {
    const wanted = [...new Set(sids)].sort();
    for (let start = 0; start < wanted.length; start += BATCH) {
      const batch = wanted.slice(start, start + BATCH);
      const rows = await prisma.media.findMany({ where: { sid: { in: batch } }, select: FACTS });
      const found = new Map(rows.map((row) => [row.sid, row]));
      yield batch.map((mediaSid) => ({
        mediaSid,
        outcome: knownOutcome(found.get(mediaSid), action),
      }));
    }
    return;
  }
  const selection = await mediaSelection(prisma, filter ?? {});
  for await (const rows of scanRows(prisma, NEWEST_MEDIA_FIRST, selection)) {
    yield rows.map((row) => ({ mediaSid: row.sid, outcome: knownOutcome(row, action) }));
  }
}

const FACTS = { sid: true, state: true, moderation: true } as const;
type Facts = Pick<Media, keyof typeof FACTS>;

/** The outcome that is known in advance; null for media that are to be processed. */
function knownOutcome(row: Facts | undefined, action: BulkAction): Selected['outcome'] {
  if (row === undefined) return 'unknown';
  if (row.state === 'deleted') return 'deleted';
  if (action === 'delete') return null;
  if (action === 'scan') return row.state === 'stored' ? null : 'unchanged';
  return row.moderation === DECISIONS[action].moderation ? 'unchanged' : null;
}
