import type { BlocklistEntry } from '../../generated/prisma/client.ts';
import { cutPage } from '../../storage/cut-page.ts';
import type { Database } from '../../storage/database.ts';
import type { BlocklistQuery } from './blocklist-query.ts';

/** One page of the blocklist, newest first, without what was removed. */
export async function listBlocklist(
  { prisma }: Database,
  { limit, cursor, kind, hash }: BlocklistQuery,
): Promise<{ items: BlocklistItem[]; nextCursor: string | null }> {
  const rows = await prisma.blocklistEntry.findMany({
    where: {
      removedAt: null,
      ...(kind === undefined ? {} : { kind }),
      ...(hash === undefined ? {} : { hash }),
      ...(cursor === undefined ? {} : { id: { lt: cursor } }),
    },
    orderBy: { id: 'desc' },
    take: limit + 1,
  });
  const { page, last } = cutPage(rows, limit);
  return {
    items: page.map(blocklistItem),
    nextCursor: last === undefined ? null : String(last.id),
  };
}

/** An entry as the API tells it. */
export type BlocklistItem = ReturnType<typeof blocklistItem>;

/** What the API tells of a row. */
export function blocklistItem({
  id,
  kind,
  hash,
  policy,
  reasonCode,
  reason,
  ...entry
}: BlocklistEntry) {
  const { source, createdBy, createdAt } = entry;
  return { id: String(id), kind, hash, policy, reasonCode, reason, source, createdBy, createdAt };
}
