import type { Database, Transaction } from '../../database/database.ts';
import { allOf, type ScanOrder, scanPage } from '../../database/scan-rows.ts';
import { type BlocklistEntry, Prisma } from '../../generated/prisma/client.ts';
import type { Page } from '../../http/paging.ts';
import type { BlocklistItem, BlocklistQuery } from './blocklist-schemas.ts';
import { countCatches } from './catches.ts';

const NEWEST_FIRST: ScanOrder<Pick<BlocklistEntry, 'id'>> = {
  table: Prisma.sql`blocklist_entry`,
  columns: { id: 'id' },
  orderBy: Prisma.sql`id DESC`,
  after: ({ id }) => Prisma.sql`id < ${id}`,
};

/** One page of the blocklist, newest first, without removed entries. */
export async function listBlocklist(
  { prisma }: Database,
  { limit, cursor, kind, hash }: BlocklistQuery,
): Promise<Page<BlocklistItem>> {
  const range = allOf([
    kind && Prisma.sql`kind = ${kind}::"BlocklistKind"`,
    // The index has the kind before the hash.
    hash && Prisma.sql`kind IN ('sha256', 'pdq') AND hash = ${hash}`,
  ]);
  const selection = { ranges: [range], filter: Prisma.sql`removed_at IS NULL` };
  const after = cursor === undefined ? undefined : { id: cursor };
  const { page, last } = await scanPage(prisma, NEWEST_FIRST, selection, after, limit);
  const rows = await prisma.blocklistEntry.findMany({
    where: { id: { in: page.map(({ id }) => id) }, removedAt: null },
    orderBy: { id: 'desc' },
  });
  return {
    items: await blocklistItems(prisma, rows),
    nextCursor: last === undefined ? null : String(last.id),
  };
}

/** Entries as the API returns them. */
export async function blocklistItems(
  db: Pick<Transaction, '$queryRaw'>,
  rows: readonly BlocklistEntry[],
): Promise<BlocklistItem[]> {
  const ids = rows.map(({ id }) => id);
  const caught = await countCatches(db, ids);
  const pairs = await readPairs(db, rows);
  return rows.map(({ id, kind, hash, policy, reasonCode, reason, ...entry }) => {
    const { source, createdBy, createdAt } = entry;
    return {
      ...{ id: String(id), kind, hash, policy, reasonCode, reason, source, createdBy, createdAt },
      addedWith: pairs.get(id)?.toString() ?? null,
      caught: caught.get(id) ?? 0,
    };
  });
}

/**
 * The numbers of entries by that of the one which was added with them from an attachment. One statement writes both: they
 * have neighbouring numbers and the time of one transaction.
 */
async function readPairs(
  db: Pick<Transaction, '$queryRaw'>,
  rows: readonly BlocklistEntry[],
): Promise<Map<bigint, bigint>> {
  const decided = rows.filter(({ source }) => source === 'decision');
  if (decided.length === 0) return new Map();
  const near = decided.flatMap(({ id }) => [id - 1n, id + 1n]);
  const others = await db.$queryRaw<
    Pick<BlocklistEntry, 'id' | 'kind' | 'createdBy' | 'createdAt'>[]
  >`
    SELECT id, kind, created_by AS "createdBy", created_at AS "createdAt" FROM blocklist_entry
    WHERE id = ANY (${near}::bigint[]) AND removed_at IS NULL AND source = 'decision'`;
  return new Map(
    decided.flatMap(({ id, kind, createdBy, createdAt }) => {
      const found = others.filter(
        (other) =>
          (other.id === id - 1n || other.id === id + 1n) &&
          other.kind !== kind &&
          other.createdBy === createdBy &&
          other.createdAt.getTime() === createdAt.getTime(),
      );
      const [pair] = found;
      return pair === undefined || found.length > 1 ? [] : [[id, pair.id] as const];
    }),
  );
}
