import { pipeline } from 'node:stream/promises';
import type { Router } from 'express';
import { z } from 'zod';
import { callerOf, type RequireRole } from '../auth/authentication.ts';
import type { Database } from '../database/database.ts';
import {
  allOf,
  chooseRanges,
  type ScanOrder,
  type ScanSelection,
  scanPage,
  scanRows,
} from '../database/scan-rows.ts';
import { type AuditEntry, Prisma } from '../generated/prisma/client.ts';
import { instant, pageLimit, rowNumber } from '../http/fields.ts';
import { createResourceRouter } from '../http/resource-router.ts';
import { validate } from '../http/validate.ts';
import { AUDIT_ACTIONS, recordAudit } from './record-audit.ts';

/** `GET /api/v1/audit` for moderators; `GET /api/v1/audit/export` for admins: NDJSON, one entry per line. */
export function createAuditRouter(database: Database, requireRole: RequireRole): Router {
  return createResourceRouter({
    '/api/v1/audit': {
      get: [
        requireRole('moderator'),
        async (request, response) => {
          response.json(await listAudit(database, validate(auditListQuery, request.query)));
        },
      ],
    },
    '/api/v1/audit/export': {
      get: [
        requireRole('admin'),
        async (request, response) => {
          const filter = validate(auditExportQuery, request.query);
          const actor = callerOf(response).name;
          await database.prisma.$transaction((tx) =>
            recordAudit(tx, [{ actor, action: 'audit.export', target: 'audit' }]),
          );
          response.attachment('audit.ndjson').type('application/x-ndjson');
          response.set('Cache-Control', 'no-store');
          await pipeline(readAudit(database, filter), toLines, response);
        },
      ],
    },
  });
}

async function* toLines(entries: AsyncIterable<AuditItem>): AsyncGenerator<string> {
  for await (const entry of entries) yield `${JSON.stringify(entry)}\n`;
}

/** An entry of the audit log as the API returns it. */
type AuditItem = ReturnType<typeof auditItem>;

type AuditPlace = Pick<AuditEntry, 'id'>;

const entries = { table: Prisma.sql`audit_entry`, columns: { id: 'id' } };

const NEWEST_FIRST: ScanOrder<AuditPlace> = {
  ...entries,
  orderBy: Prisma.sql`id DESC`,
  after: ({ id }) => Prisma.sql`id < ${id}`,
};

const OLDEST_FIRST: ScanOrder<AuditPlace> = {
  ...entries,
  orderBy: Prisma.sql`id`,
  after: ({ id }) => Prisma.sql`id > ${id}`,
};

/** One page of the audit log, newest first. */
async function listAudit(
  { prisma }: Database,
  { limit, cursor, ...filter }: AuditListQuery,
): Promise<{ items: AuditItem[]; nextCursor: string | null }> {
  const selection = await matching(prisma, filter, NEWEST_FIRST);
  const after = cursor === undefined ? undefined : { id: cursor };
  const { page, last } = await scanPage(prisma, NEWEST_FIRST, selection, after, limit);
  const rows = await readEntries(prisma, page, 'desc');
  return { items: rows.map(auditItem), nextCursor: last === undefined ? null : String(last.id) };
}

/** All matching entries, oldest first, read lazily. */
async function* readAudit({ prisma }: Database, filter: AuditFilter): AsyncGenerator<AuditItem> {
  const selection = await matching(prisma, filter, OLDEST_FIRST);
  for await (const places of scanRows(prisma, OLDEST_FIRST, selection)) {
    const rows = await readEntries(prisma, places, 'asc');
    yield* rows.map(auditItem);
  }
}

function readEntries(
  { auditEntry }: Database['prisma'],
  places: readonly AuditPlace[],
  order: Prisma.SortOrder,
): Promise<AuditEntry[]> {
  return auditEntry.findMany({
    where: { id: { in: places.map(({ id }) => id) } },
    orderBy: { id: order },
  });
}

async function matching(
  prisma: Database['prisma'],
  { actor, action, target, since, until }: AuditFilter,
  order: ScanOrder<AuditPlace>,
): Promise<ScanSelection> {
  const byIndex = [
    target === undefined ? undefined : Prisma.sql`target = ${target}`,
    action === undefined ? undefined : Prisma.sql`action = ${action}`,
    actor === undefined ? undefined : Prisma.sql`actor = ${actor}`,
  ];
  const candidates = byIndex.flatMap((one) => (one === undefined ? [] : [[one]]));
  return {
    ranges: await chooseRanges(prisma, order, candidates),
    filter: allOf([
      ...byIndex,
      since && Prisma.sql`at >= ${since}`,
      until && Prisma.sql`at < ${until}`,
    ]),
  };
}

function auditItem({ id, ...entry }: AuditEntry) {
  return { id: String(id), ...entry };
}

const name = z.string().regex(/^[\x20-\x7e]{1,100}$/, 'at most 100 ASCII characters');

/** Filters, combined with AND. */
const filter = {
  actor: name.optional(),
  action: z.enum(AUDIT_ACTIONS, { error: `one of ${AUDIT_ACTIONS.join(', ')}` }).optional(),
  target: name.optional(),
  since: instant.optional(),
  until: instant.optional(),
};

/** Query of `GET /api/v1/audit/export`. */
const auditExportQuery = z.strictObject(filter);

/** Query of `GET /api/v1/audit`. */
const auditListQuery = z.strictObject({
  ...filter,
  limit: pageLimit(500, 100),
  cursor: rowNumber('the nextCursor of an earlier answer').optional(),
});

type AuditFilter = z.output<typeof auditExportQuery>;
type AuditListQuery = z.output<typeof auditListQuery>;
