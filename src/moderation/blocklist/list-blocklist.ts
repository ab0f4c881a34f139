import type { Database } from '../../database/database.ts';
import { allOf, type ScanOrder, scanPage } from '../../database/scan-rows.ts';
import { type BlocklistEntry, Prisma } from '../../generated/prisma/client.ts';
import type { Page } from '../../http/paging.ts';
import type { BlocklistItem, BlocklistQuery } from './blocklist-schemas.ts';

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
    items: rows.map(blocklistItem),
    nextCursor: last === undefined ? null : String(last.id),
  };
}

/** An entry as the API returns it. */
export function blocklistItem({
  id,
  kind,
  hash,
  policy,
  reasonCode,
  reason,
  ...entry
}: BlocklistEntry): BlocklistItem {
  const { source, createdBy, createdAt } = entry;
  return { id: String(id), kind, hash, policy, reasonCode, reason, source, createdBy, createdAt };
}
