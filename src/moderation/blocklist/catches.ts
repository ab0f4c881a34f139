import type { Transaction } from '../../database/database.ts';
import { type ScanOrder, scanPage } from '../../database/scan-rows.ts';
import { type BlocklistCatch, Prisma } from '../../generated/prisma/client.ts';

/** By which entry media were recognised. */
export interface CaughtBy {
  entryId: bigint;
  /** In how many of 256 bits the pictures' hashes differ; null for the same bytes. */
  distance: number | null;
}

/**
 * Records what an entry has matched. Matched again, it is the same catch.
 *
 * @param tx the caller commits it
 */
export async function recordCatches(
  tx: Transaction,
  { entryId, distance }: CaughtBy,
  sids: readonly string[],
): Promise<void> {
  const data = sids.map((mediaSid) => ({ entryId, distance, mediaSid }));
  await tx.blocklistCatch.createMany({ data, skipDuplicates: true });
}

/** More are not counted. */
export const MOST_COUNTED = 1000;

/**
 * How many attachments entries have caught.
 *
 * @returns by entry, at most `MOST_COUNTED`; nothing for an entry without any
 */
export async function countCatches(
  db: Pick<Transaction, '$queryRaw'>,
  entryIds: readonly bigint[],
): Promise<Map<bigint, number>> {
  const rows = await db.$queryRaw<{ id: bigint; caught: number }[]>`
    SELECT entry.id, (
      SELECT count(*)::int FROM (
        SELECT 1 FROM blocklist_catch WHERE entry_id = entry.id LIMIT ${MOST_COUNTED}
      ) AS counted
    ) AS caught
    FROM unnest(${entryIds.map(String)}::bigint[]) AS entry (id)`;
  return new Map(rows.map(({ id, caught }) => [id, caught]));
}

/** The place of a catch in the list of its entry. */
export type CatchPlace = Pick<BlocklistCatch, 'caughtAt' | 'mediaSid'>;

const NEWEST_FIRST: ScanOrder<CatchPlace & Pick<BlocklistCatch, 'distance'>, CatchPlace> = {
  table: Prisma.sql`blocklist_catch`,
  columns: { caughtAt: 'caught_at', mediaSid: 'media_sid', distance: 'distance' },
  orderBy: Prisma.sql`caught_at DESC, media_sid DESC`,
  after: ({ caughtAt, mediaSid }) =>
    Prisma.sql`(caught_at, media_sid) < (${caughtAt}, ${mediaSid})`,
};

/** One page of what an entry has caught, the last first. */
export function listCatches(
  db: Pick<Transaction, '$queryRaw'>,
  entryId: bigint,
  { limit, cursor }: { limit: number; cursor?: CatchPlace | undefined },
) {
  const selection = { ranges: [Prisma.sql`entry_id = ${entryId}`], filter: Prisma.sql`true` };
  return scanPage(db, NEWEST_FIRST, selection, cursor, limit);
}
