import type { AuditEntry, Prisma } from '../generated/prisma/client.ts';
import { cutPage } from '../storage/cut-page.ts';
import type { Database } from '../storage/database.ts';
import type { AuditFilter, AuditListQuery } from './audit-query.ts';

/** An entry of the audit log as the API tells it. */
export type AuditItem = ReturnType<typeof auditItem>;

/** One page of the audit log, newest first. */
export async function listAudit(
  { prisma }: Database,
  query: AuditListQuery,
): Promise<{ items: AuditItem[]; nextCursor: string | null }> {
  const rows = await prisma.auditEntry.findMany({
    where: {
      AND: [matching(query), query.cursor === undefined ? {} : { id: { lt: query.cursor } }],
    },
    orderBy: { id: 'desc' },
    take: query.limit + 1,
  });
  const { page, last } = cutPage(rows, query.limit);
  return { items: page.map(auditItem), nextCursor: last === undefined ? null : String(last.id) };
}

const BATCH = 500;

/** All entries that match, oldest first, read as they are asked for. */
export async function* readAudit(
  { prisma }: Database,
  filter: AuditFilter,
): AsyncGenerator<AuditItem> {
  let after = 0n;
  for (;;) {
    const rows = await prisma.auditEntry.findMany({
      where: { AND: [matching(filter), { id: { gt: after } }] },
      orderBy: { id: 'asc' },
      take: BATCH,
    });
    yield* rows.map(auditItem);
    const last = rows.at(-1);
    if (last === undefined || rows.length < BATCH) return;
    after = last.id;
  }
}

function matching({
  actor,
  action,
  target,
  since,
  until,
}: AuditFilter): Prisma.AuditEntryWhereInput {
  return {
    ...(actor === undefined ? {} : { actor }),
    ...(action === undefined ? {} : { action }),
    ...(target === undefined ? {} : { target }),
    at: {
      ...(since === undefined ? {} : { gte: since }),
      ...(until === undefined ? {} : { lt: until }),
    },
  };
}

function auditItem({ id, ...entry }: AuditEntry) {
  return { id: String(id), ...entry };
}
