import { mediaSelection, NEWEST_MEDIA_FIRST } from '../../database/media-scan.ts';
import { countRows, type ScanSelection, scanRows } from '../../database/scan-rows.ts';
import {
  type BulkOutcome,
  type Media,
  Prisma,
  type PrismaClient,
} from '../../generated/prisma/client.ts';
import { DECISIONS } from '../decisions.ts';
import type { BulkAction, BulkCounts, BulkRequest } from './bulk-schemas.ts';

/** Rows per statement: none blocks others for long, however many rows are selected. */
const BATCH = 1000;

/** An attachment that a bulk act selects; `outcome` when it is known in advance, else null. */
export interface Selected {
  mediaSid: string;
  outcome: BulkOutcome | null;
}

export function noCounts(): BulkCounts {
  return { todo: 0, changed: 0, unchanged: 0, unknown: 0, deleted: 0 };
}

/** Counts the media that a request selects, by the outcome that is known in advance. */
export async function countMedia(
  prisma: Pick<PrismaClient, 'media' | '$queryRaw'>,
  request: Pick<BulkRequest, 'action' | 'sids' | 'filter'>,
): Promise<BulkCounts> {
  const { action, sids, filter = {} } = request;
  const counts = noCounts();
  if (sids !== undefined) {
    for await (const batch of selectMedia(prisma, request)) {
      for (const { outcome } of batch) counts[outcome ?? 'todo'] += 1;
    }
    return counts;
  }
  const count = async (selection: ScanSelection) =>
    countRows(prisma, NEWEST_MEDIA_FIRST, selection);
  const selection = await mediaSelection(prisma, filter);
  const total = await count(selection);
  // Either all of the selected media are deleted, or none is.
  if (filter.state === 'deleted') return { ...counts, deleted: total };
  if (action === 'delete') return { ...counts, todo: total };
  const isUnchanged =
    action === 'scan'
      ? Prisma.sql`state <> 'stored'`
      : Prisma.sql`moderation = ${DECISIONS[action].moderation}::"Moderation"`;
  const unchanged = await count({
    ...selection,
    filter: Prisma.sql`${selection.filter} AND ${isUnchanged}`,
  });
  return { ...counts, todo: total - unchanged, unchanged };
}

/** The media that a request selects, in batches. */
export async function* selectMedia(
  prisma: Pick<PrismaClient, 'media' | '$queryRaw'>,
  { action, sids, filter }: Pick<BulkRequest, 'action' | 'sids' | 'filter'>,
): AsyncGenerator<Selected[]> {
  if (sids !== undefined) {
    const wanted = [...new Set(sids)].sort();
    for (let start = 0; start < wanted.length; start += BATCH) {
      const batch = wanted.slice(start, start + BATCH);
      const rows = await prisma.media.findMany({ where: { sid: { in: batch } }, select: FACTS });
      const found = new Map(rows.map((row) => [row.sid, row]));
      yield batch.map((mediaSid) => ({
        mediaSid,
        outcome: knownOutcome(found.get(mediaSid), action),
      }));
    }
    return;
  }
  const selection = await mediaSelection(prisma, filter ?? {});
  for await (const rows of scanRows(prisma, NEWEST_MEDIA_FIRST, selection)) {
    yield rows.map((row) => ({ mediaSid: row.sid, outcome: knownOutcome(row, action) }));
  }
}

const FACTS = { sid: true, state: true, moderation: true } as const;
type Facts = Pick<Media, keyof typeof FACTS>;

/** The outcome that is known in advance; null for media that are to be processed. */
function knownOutcome(row: Facts | undefined, action: BulkAction): Selected['outcome'] {
  if (row === undefined) return 'unknown';
  if (row.state === 'deleted') return 'deleted';
  if (action === 'delete') return null;
  if (action === 'scan') return row.state === 'stored' ? null : 'unchanged';
  return row.moderation === DECISIONS[action].moderation ? 'unchanged' : null;
}
