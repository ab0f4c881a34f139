import { pipeline } from 'node:stream/promises';
import type { Router } from 'express';
import { callerOf } from '../auth/authentication.ts';
import type { Database, Transaction } from '../database/database.ts';
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
      sendPage(request, response, await database.lists.read((db) => listAudit(db, query)));
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

interface AuditOrder extends ScanOrder<AuditPlace> {
  distance: Prisma.Sql;
}

const NEWEST_FIRST: AuditOrder = {
  ...entries,
  distance: Prisma.sql`-id`,
  orderBy: Prisma.sql`id DESC`,
  after: ({ id }) => Prisma.sql`id < ${id}`,
};

const OLDEST_FIRST: AuditOrder = {
  ...entries,
  distance: Prisma.sql`id`,
  orderBy: Prisma.sql`id`,
  after: ({ id }) => Prisma.sql`id > ${id}`,
};

/** One page of the audit log, newest first. */
async function listAudit(
  db: Transaction,
  { limit, cursor, ...filter }: AuditListQuery,
): Promise<Page<AuditItem>> {
  const selection = await matching(db, filter, NEWEST_FIRST);
  const after = cursor === undefined ? undefined : { id: cursor };
  const { page, last } = await scanPage(db, NEWEST_FIRST, selection, after, limit);
  const rows = await readEntries(db, page, 'desc');
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
  { auditEntry }: Transaction,
  places: readonly AuditPlace[],
  order: Prisma.SortOrder,
): Promise<AuditEntry[]> {
  return auditEntry.findMany({
    where: { id: { in: places.map(({ id }) => id) } },
    orderBy: { id: order },
  });
}

async function matching(
  db: Transaction,
  { actor, action, target, since, until }: AuditFilter,
  order: AuditOrder,
): Promise<ScanSelection> {
  const byIndex = [
    target === undefined ? undefined : Prisma.sql`target = ${target}`,
    action === undefined ? undefined : Prisma.sql`action = ${action}`,
    actor === undefined ? undefined : Prisma.sql`actor = ${actor}`,
  ];
  const between = await idsBetween(db, since, until);
  const conditions = byIndex.filter((one) => one !== undefined);
  if (conditions.length === 0) conditions.push(Prisma.sql`true`);
  const candidates = conditions.map((one) => [Prisma.sql`${one} AND ${between}`]);
  return {
    ranges: await chooseRanges(db, order, candidates),
    filter: allOf([
      ...byIndex,
      since && Prisma.sql`at >= ${since}`,
      until && Prisma.sql`at < ${until}`,
    ]),
  };
}

/** By how much the order of times may differ from that of ids: an id is given later, and a clock may be set back. */
const SPREAD_MS = 86_400_000;

/**
 * A condition that all entries of a time fulfil, and few others: the list is in the order of ids, so without it all
 * entries since, or until, would be read.
 */
async function idsBetween(
  db: Pick<Transaction, 'auditEntry'>,
  since: Date | undefined,
  until: Date | undefined,
): Promise<Prisma.Sql> {
  const before =
    since &&
    (await db.auditEntry.findFirst({
      where: { at: { lt: new Date(since.getTime() - SPREAD_MS) } },
      orderBy: [{ at: 'desc' }, { id: 'desc' }],
      select: { id: true },
    }));
  const after =
    until &&
    (await db.auditEntry.findFirst({
      where: { at: { gt: new Date(until.getTime() + SPREAD_MS) } },
      orderBy: [{ at: 'asc' }, { id: 'asc' }],
      select: { id: true },
    }));
  return allOf([
    before ? Prisma.sql`id > ${before.id}` : undefined,
    after ? Prisma.sql`id < ${after.id}` : undefined,
  ]);
}

function auditItem({ id, before, after, ...entry }: AuditEntry): AuditItem {
  return {
    id: String(id),
    ...entry,
    before: before === null ? null : jsonObject(before),
    after: after === null ? null : jsonObject(after),
  };
}
