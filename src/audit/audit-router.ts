import { pipeline } from 'node:stream/promises';
import type { Router } from 'express';
import { callerOf } from '../auth/authentication.ts';
import type { Database } from '../database/database.ts';
import { jsonObject } from '../database/json-object.ts';
import {
  allOf,
  chooseRanges,
  type ScanOrder,
  type ScanSelection,
  scanPage,
  scanRows,
} from '../database/scan-rows.ts';
import { type AuditEntry, Prisma } from '../generated/prisma/client.ts';
import { type Page, sendPage } from '../http/paging.ts';
import { createResourceRouter, type Guard, route } from '../http/resource-router.ts';
import {
  type AuditFilter,
  type AuditItem,
  type AuditListQuery,
  auditOperations as operations,
} from './audit-operations.ts';
import { recordAudit } from './record-audit.ts';

/** Reading the audit log; an export is NDJSON, one entry per line. */
export function createAuditRouter(guard: Guard, database: Database): Router {
  return createResourceRouter(guard, [
    route(operations.listAudit, async ({ query, request, response }) => {
      sendPage(request, response, await listAudit(database, query));
    }),
    route(operations.exportAudit, async ({ query, response }) => {
      const actor = callerOf(response).name;
      await database.prisma.$transaction((tx) =>
        recordAudit(tx, [{ actor, action: 'audit.export', target: 'audit' }]),
      );
      response.attachment('audit.ndjson').type('application/x-ndjson');
      response.set('Cache-Control', 'no-store');
      await pipeline(readAudit(database, query), toLines, response);
    }),
  ]);
}

async function* toLines(entries: AsyncIterable<AuditItem>): AsyncGenerator<string> {
  for await (const entry of entries) yield `${JSON.stringify(entry)}\n`;
}

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
): Promise<Page<AuditItem>> {
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

function auditItem({ id, before, after, ...entry }: AuditEntry): AuditItem {
  return {
    id: String(id),
    ...entry,
    before: before === null ? null : jsonObject(before),
    after: after === null ? null : jsonObject(after),
  };
}
