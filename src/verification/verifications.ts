import { randomUUID } from 'node:crypto';
import { recordAudit } from '../audit/record-audit.ts';
import type { Database, Transaction } from '../database/database.ts';
import { toPage } from '../database/scan-rows.ts';
import { AppError } from '../errors/app-error.ts';
import type { Verification, VerificationFinding } from '../generated/prisma/client.ts';
import { datedPage } from '../http/dated-cursor.ts';
import type { Page } from '../http/paging.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import type {
  FindingItem,
  FindingsQuery,
  VerificationItem,
  VerificationListQuery,
  VerificationRequest,
} from './verification-operations.ts';

export interface Verifications {
  /**
   * Begins a verification, or continues the last one: there is one at a time.
   *
   * @param actor for the audit log
   */
  begin(request: VerificationRequest, actor: string): Promise<VerificationItem>;
  /**
   * Ends a verification: what it has found stays, and nothing more is read or repaired.
   *
   * @param actor for the audit log
   * @throws AppError `not_found`; `conflict` when it has ended
   */
  cancel(id: string, actor: string): Promise<VerificationItem>;
  /** One page, newest first. */
  list(query: VerificationListQuery): Promise<Page<VerificationItem>>;
  /** @throws AppError `not_found` */
  find(id: string): Promise<VerificationItem>;
  /**
   * One page, in the order of finding.
   *
   * @throws AppError `not_found`
   */
  findings(id: string, query: FindingsQuery): Promise<Page<FindingItem>>;
}

/** Older ones are removed, with their findings. */
const KEPT = 10;
const MAX_SIDS = 10;

/** Requested verifications; a job does them, so the client need not stay connected. */
export function createVerifications({ prisma }: Database, queue: JobQueue): Verifications {
  async function beginNew(
    tx: Transaction,
    { repair, bytesPerSecond }: VerificationRequest,
    requestedBy: string,
  ): Promise<Verification> {
    await tx.verification.updateMany({
      where: { state: 'running' },
      data: { state: 'stopped', endedAt: new Date(), problem: null },
    });
    const old = await tx.verification.findMany({
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      skip: KEPT - 1,
      select: { id: true },
    });
    await tx.verification.deleteMany({ where: { id: { in: old.map(({ id }) => id) } } });
    return tx.verification.create({
      data: { id: randomUUID(), repair, bytesPerSecond, requestedBy },
    });
  }

  async function withWaiting(rows: readonly Verification[]): Promise<VerificationItem[]> {
    const waiting = await prisma.verificationFinding.groupBy({
      by: 'verificationId',
      where: { verificationId: { in: rows.map(({ id }) => id) }, repair: 'waiting' },
      _count: true,
    });
    const counts = new Map(waiting.map((group) => [group.verificationId, group._count]));
    return rows.map((row) => verificationItem(row, counts.get(row.id) ?? 0));
  }

  async function find(id: string): Promise<Verification> {
    const row = await prisma.verification.findUnique({ where: { id } });
    if (row === null) throw new AppError('not_found', 'There is no verification with this id.');
    return row;
  }

  return {
    begin: (request, actor) =>
      prisma.$transaction(async (tx) => {
        // One at a time begins, so that one at a time runs.
        await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('verification', 0))`;
        const last = await tx.verification.findFirst({
          orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        });
        const { repair, bytesPerSecond } = request;
        const row =
          last === null || request.restart || !isContinued(last, request)
            ? await beginNew(tx, request, actor)
            : await tx.verification.update({
                where: { id: last.id },
                data: {
                  state: 'running',
                  endedAt: null,
                  repair: last.repair || repair,
                  bytesPerSecond,
                },
              });
        await queue.sendOrBringForward(tx, 'verify-files', [{ payload: { id: row.id } }]);
        const after = { repair: row.repair, bytesPerSecond };
        await recordAudit(tx, [{ actor, action: 'verification.begin', target: row.id, after }]);
        return verificationItem(row, 0);
      }),
    async cancel(id, actor) {
      await find(id);
      await prisma.$transaction(async (tx) => {
        const { count } = await tx.verification.updateMany({
          where: { id, state: 'running' },
          data: { state: 'stopped', endedAt: new Date(), problem: null },
        });
        if (count === 0) throw new AppError('conflict', 'This verification has ended already.');
        await recordAudit(tx, [{ actor, action: 'verification.cancel', target: id }]);
      });
      const [item] = await withWaiting([await find(id)]);
      return item as VerificationItem;
    },
    async list(query) {
      const { items, nextCursor } = await datedPage(query, (select) =>
        prisma.verification.findMany(select),
      );
      return { items: await withWaiting(items), nextCursor };
    },
    async find(id) {
      const [item] = await withWaiting([await find(id)]);
      return item as VerificationItem;
    },
    async findings(id, { limit, cursor }) {
      await find(id);
      const rows = await prisma.verificationFinding.findMany({
        where: { verificationId: id, ...(cursor === undefined ? {} : { id: { gt: cursor } }) },
        orderBy: { id: 'asc' },
        take: limit + 1,
      });
      const { page, last } = toPage(rows, limit);
      const sids = await sidsOf(page);
      const items = page.map((row) => findingItem(row, sids.get(row.blobSha256) ?? []));
      return { items, nextCursor: last === undefined ? null : String(last.id) };
    },
  };

  async function sidsOf(page: readonly VerificationFinding[]): Promise<Map<string, string[]>> {
    const hashes = [...new Set(page.map(({ blobSha256 }) => blobSha256))];
    const blobs = await prisma.blob.findMany({
      where: { sha256: { in: hashes } },
      select: {
        sha256: true,
        media: { select: { sid: true }, orderBy: { sid: 'asc' }, take: MAX_SIDS },
      },
    });
    return new Map(blobs.map(({ sha256, media }) => [sha256, media.map(({ sid }) => sid)]));
  }
}

/** Whether a request continues a run instead of reading everything again. */
function isContinued(last: Verification, { repair }: VerificationRequest): boolean {
  if (last.state === 'running') return true;
  return last.state === 'done' && repair && !last.repair && last.missing + last.damaged > 0;
}

/** Queues a job for a run that may have lost its own. */
export async function resendVerifications({ prisma }: Database, queue: JobQueue): Promise<void> {
  const running = await prisma.verification.findMany({
    where: { state: 'running' },
    select: { id: true },
  });
  const jobs = running.map((payload) => ({ payload }));
  await prisma.$transaction((tx) => queue.sendMissing(tx, 'verify-files', jobs));
}

function verificationItem(row: Verification, waiting: number): VerificationItem {
  const { requestedBy: _, after: __, ...item } = row;
  return {
    ...item,
    bytesPerSecond: Number(row.bytesPerSecond),
    byteSize: Number(row.byteSize),
    progress: row.readAt === null ? placeOf(row.after) : 1,
    waiting,
  };
}

/** Hashes are evenly distributed: the first digits of the last one say how many were before it. */
function placeOf(after: string): number {
  return after === '' ? 0 : Number.parseInt(after.slice(0, 8), 16) / 2 ** 32;
}

function findingItem(row: VerificationFinding, mediaSids: string[]): FindingItem {
  const { kind, file, name, page, detail, repair, reason, nextAttemptAt, foundAt } = row;
  const { blobSha256: sha256 } = row;
  const about = { kind, file, name, page, sha256, mediaSids, detail };
  return { ...about, repair, reason, nextAttemptAt, foundAt };
}
