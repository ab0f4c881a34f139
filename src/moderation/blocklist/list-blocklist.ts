import { z } from 'zod';
import type { Database } from '../../database/database.ts';
import { allOf, type ScanOrder, scanPage } from '../../database/scan-rows.ts';
import { type BlocklistEntry, BlocklistKind, Prisma } from '../../generated/prisma/client.ts';
import { pageLimit, rowNumber } from '../../http/fields.ts';

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
): Promise<{ items: BlocklistItem[]; nextCursor: string | null }> {
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
export type BlocklistItem = ReturnType<typeof blocklistItem>;

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

const HASH = '64 hexadecimal digits';

const entryId = rowNumber('the number of an entry');

/** Path of one entry. */
export const entryPath = z.object({ id: entryId });

/** Query of `GET /api/v1/blocklist`. */
export const blocklistQuery = z.strictObject({
  limit: pageLimit(500, 100),
  cursor: entryId.optional(),
  kind: z.enum(BlocklistKind, { error: 'sha256 or pdq' }).optional(),
  hash: z
    .string()
    .regex(/^[0-9a-f]{64}$/i, HASH)
    .toLowerCase()
    .optional(),
});

type BlocklistQuery = z.output<typeof blocklistQuery>;
