import { randomUUID } from 'node:crypto';
import { recordAudit } from '../audit/record-audit.ts';
import type { Caller } from '../auth/api-keys.ts';
import { hasRole } from '../auth/authentication.ts';
import type { Database, Transaction } from '../database/database.ts';
import { NEWEST_MEDIA_FIRST } from '../database/media-scan.ts';
import { scanPage } from '../database/scan-rows.ts';
import { AppError } from '../errors/app-error.ts';
import { readableSelection } from '../gallery/list-media.ts';
import type { MediaExport, Prisma } from '../generated/prisma/client.ts';
import { datedPage } from '../http/dated-cursor.ts';
import type { Page } from '../http/paging.ts';
import { PATIENT } from '../jobs/job-list.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import {
  type ExportItem,
  type ExportListQuery,
  type ExportRequest,
  MAX_GIB,
  MAX_MEDIA,
} from './export-schemas.ts';

/** Exports of one key that have not expired. */
const MAX_EXPORTS = 20;
/** Unfinished exports are given up after so long. */
const UNFINISHED_MS = 72 * 3_600_000;
/** Up to ten thousand sids each, which only the job and the archive need. */
const OMIT = { sids: true, unreadable: true, revealed: true } as const;

export interface Exports {
  /**
   * Stores the selection and queues the job that checks its files.
   *
   * @param alongside runs in the transaction that queues the job
   * One too many removes the oldest of the caller that is not being made.
   *
   * @throws AppError `forbidden`, `invalid_request` for a selection that is too large, `conflict` when
   *   too many are being made
   */
  begin(
    request: ExportRequest,
    caller: Caller,
    alongside: (tx: Transaction, item: ExportItem) => Promise<void>,
  ): Promise<ExportItem>;
  /** One page, newest first: those of the caller, for admins all. */
  list(page: ExportListQuery, caller: Caller): Promise<Page<ExportItem>>;
  /** @throws AppError `not_found`, also for an export of somebody else */
  find(id: string, caller: Caller): Promise<ExportItem>;
  /**
   * The export with its selection. The audit log has it when somebody else opens what was revealed to its maker.
   *
   * @throws AppError `not_found`, also when it has expired; `conflict` unless it is ready; `forbidden` when it was
   *   made by a moderator, and the caller is none any more
   */
  findReady(id: string, caller: Caller): Promise<MediaExport>;
  /** @throws AppError `not_found` */
  remove(id: string, caller: Caller): Promise<void>;
}

export function createExports({ prisma }: Database, queue: JobQueue): Exports {
  async function select(
    { sids, filter = {} }: ExportRequest,
    visibility: 'visible' | 'everything',
  ): Promise<string[]> {
    if (sids !== undefined) return [...new Set(sids)];
    const selection = await readableSelection(prisma, filter, visibility);
    const order = NEWEST_MEDIA_FIRST;
    const { page, last } = await scanPage(prisma, order, selection, undefined, MAX_MEDIA);
    if (last === undefined) return page.map(({ sid }) => sid);
    throw tooLarge('filter', `more than ${MAX_MEDIA} attachments`);
  }

  /** @throws AppError `invalid_request` */
  async function requireSize(sids: readonly string[], { filter, reveal }: ExportRequest) {
    const [{ gib }] = await prisma.$queryRaw<[{ gib: number }]>`
      SELECT coalesce(sum(b.byte_size), 0)::float8 / 1073741824 AS gib
      FROM media m JOIN blob b ON b.sha256 = m.blob_sha256
      WHERE m.sid = ANY(${sids}::text[]) AND m.state = 'stored'
        AND (${reveal} OR m.moderation = 'visible')`;
    if (gib <= MAX_GIB) return;
    throw tooLarge(filter === undefined ? 'sids' : 'filter', `more than ${MAX_GIB} GiB`);
  }

  const absent = () => new AppError('not_found', 'There is no export with this id.');

  return {
    async begin(request, caller, alongside) {
      const seesAll = hasRole(caller, 'moderator');
      const { reveal, reasonCode, reason } = request;
      if (reveal && !seesAll) {
        throw new AppError('forbidden', 'What is held back requires the role moderator.');
      }
      const sids = await select(request, seesAll ? 'everything' : 'visible');
      await requireSize(sids, request);
      const requestedBy = caller.name;
      const data = {
        id: randomUUID(),
        requestedBy,
        seesAll,
        reveal,
        reasonCode,
        reason,
        sids,
        total: sids.length,
        expiresAt: new Date(Date.now() + UNFINISHED_MS),
      };
      return prisma.$transaction(async (tx) => {
        // Requests of one key wait for each other: otherwise all of them would count before any is there.
        await tx.$executeRaw`
          SELECT pg_advisory_xact_lock(hashtextextended(${`exports of ${requestedBy}`}, 0))`;
        await makeRoom(tx, requestedBy);
        const item = exportItem(await tx.mediaExport.create({ data, omit: OMIT }));
        await alongside(tx, item);
        const { id, total } = item;
        const action = 'export.create';
        const after = { total, reveal };
        await recordAudit(tx, [
          { actor: requestedBy, action, target: id, after, reasonCode, reason },
        ]);
        await queue.send(tx, 'make-export', [{ payload: { id }, priority: PATIENT }]);
        return item;
      });
    },
    async list(page, caller) {
      const { items, nextCursor } = await datedPage(page, ({ where, ...select }) =>
        prisma.mediaExport.findMany({
          ...select,
          where: { ...seenBy(caller), ...where },
          omit: OMIT,
        }),
      );
      return { items: items.map(exportItem), nextCursor };
    },
    async find(id, caller) {
      const where = { id, ...seenBy(caller) };
      const row = await prisma.mediaExport.findFirst({ where, omit: OMIT });
      if (row === null) throw absent();
      return exportItem(row);
    },
    async findReady(id, caller) {
      const row = await prisma.mediaExport.findFirst({ where: { id, ...seenBy(caller) } });
      if (row === null) throw absent();
      const { state } = exportItem(row);
      if (state === 'ready') {
        if (row.seesAll && !hasRole(caller, 'moderator')) {
          throw new AppError('forbidden', 'The export was made with the role moderator.');
        }
        if (row.reveal && row.requestedBy !== caller.name) {
          const entry = { actor: caller.name, action: 'export.download', target: id } as const;
          await prisma.$transaction((tx) => recordAudit(tx, [entry]));
        }
        return row;
      }
      if (state === 'expired') throw new AppError('not_found', 'The export has expired.');
      throw new AppError('conflict', `The export is ${state}.`, {
        headers: state === 'failed' ? {} : { 'Retry-After': '1' },
      });
    },
    async remove(id, caller) {
      await prisma.$transaction(async (tx) => {
        const { count } = await tx.mediaExport.deleteMany({ where: { id, ...seenBy(caller) } });
        if (count === 0) throw absent();
        const actor = caller.name;
        await recordAudit(tx, [{ actor, action: 'export.delete', target: id }]);
      });
    },
  };
}

/**
 * Removes the oldest exports of a caller until there is room for one more.
 *
 * @throws AppError `conflict` when all of them are being made
 */
async function makeRoom(tx: Transaction, requestedBy: string): Promise<void> {
  const rows = await tx.mediaExport.findMany({
    where: { requestedBy, expiresAt: { gt: new Date() } },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    select: { id: true, state: true },
  });
  const tooMany = rows.length - MAX_EXPORTS + 1;
  if (tooMany <= 0) return;
  const ended = rows.filter(({ state }) => state === 'ready' || state === 'failed');
  const removed = ended.slice(0, tooMany).map(({ id }) => id);
  if (removed.length < tooMany) {
    throw new AppError('conflict', `${MAX_EXPORTS} exports of yours are being made.`);
  }
  await tx.mediaExport.deleteMany({ where: { id: { in: removed } } });
  const entry = { actor: requestedBy, action: 'export.delete' } as const;
  await recordAudit(
    tx,
    removed.map((target) => ({ ...entry, target })),
  );
}

function tooLarge(field: string, what: string): AppError {
  const message = `selects ${what}: narrow it, by time for example`;
  return new AppError('invalid_request', 'The selection is too large.', {
    fields: [{ field, message }],
  });
}

function seenBy(caller: Caller): Prisma.MediaExportWhereInput {
  return hasRole(caller, 'admin') ? {} : { requestedBy: caller.name };
}

/** It has expired from that moment on, not only when housekeeping has noticed. */
function exportItem(row: Omit<MediaExport, keyof typeof OMIT>): ExportItem {
  const { id, requestedBy, reveal, total, done, omitted, createdAt, endedAt, expiresAt } = row;
  return {
    id,
    requestedBy,
    reveal,
    state: expiresAt <= new Date() ? 'expired' : row.state,
    total,
    done,
    omitted,
    byteSize: Number(row.byteSize),
    createdAt,
    endedAt,
    expiresAt,
  };
}
