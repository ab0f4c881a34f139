import { mediaSelection, NEWEST_MEDIA_FIRST } from '../../database/media-scan.ts';
import { countRows, type ScanSelection, scanRows } from '../../database/scan-rows.ts';
import {
  type BulkOutcome,
  type Media,
  Prisma,
  type PrismaClient,
} from '../../generated/prisma/client.ts';
import { DECISIONS } from '../decisions.ts';
import type { BulkAction, BulkRequest } from './bulk-request.ts';

/** Rows at a time: no statement keeps others waiting, however many there are. */
const BATCH = 1000;

/** A media that a bulk act is about; `outcome` where it is known before anything is done. */
export interface Selected {
  mediaSid: string;
  outcome: BulkOutcome | null;
}

/** How many media have which outcome, those that are still to be done under `todo`. */
export type BulkCounts = Record<BulkOutcome | 'todo', number>;

export function noCounts(): BulkCounts {
  return { todo: 0, changed: 0, unchanged: 0, unknown: 0, deleted: 0 };
}

/** How many media a request is about, and what is known of them before anything is done. */
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
  // All of them are deleted, or none is.
  if (filter.state === 'deleted') return { ...counts, deleted: total };
  if (action === 'delete') return { ...counts, todo: total };
  const isSo =
    action === 'scan'
      ? Prisma.sql`state <> 'stored'`
      : Prisma.sql`moderation = ${DECISIONS[action].moderation}::"Moderation"`;
  const unchanged = await count({
    ranges: selection.ranges,
    filter: Prisma.sql`${selection.filter} AND ${isSo}`,
  });
  return { ...counts, todo: total - unchanged, unchanged };
}

/** The media that a request is about, in batches. */
export async function* selectMedia(
  prisma: Pick<PrismaClient, 'media' | '$queryRaw'>,
  { action, sids, filter }: Pick<BulkRequest, 'action' | 'sids' | 'filter'>,
): AsyncGenerator<Selected[]> {
  if (sids !== undefined) {
    const wanted = [...new Set(sids)].sort();
    for (let begin = 0; begin < wanted.length; begin += BATCH) {
      const batch = wanted.slice(begin, begin + BATCH);
      const rows = await prisma.media.findMany({ where: { sid: { in: batch } }, select: FACTS });
      const found = new Map(rows.map((row) => [row.sid, row]));
      yield batch.map((mediaSid) => ({ mediaSid, outcome: foreseen(found.get(mediaSid), action) }));
    }
    return;
  }
  const selection = await mediaSelection(prisma, filter ?? {});
  for await (const rows of scanRows(prisma, NEWEST_MEDIA_FIRST, selection)) {
    yield rows.map((row) => ({ mediaSid: row.sid, outcome: foreseen(row, action) }));
  }
}

const FACTS = { sid: true, state: true, moderation: true } as const;
type Facts = Pick<Media, keyof typeof FACTS>;

/** Null for what is to be done. */
function foreseen(row: Facts | undefined, action: BulkAction): Selected['outcome'] {
  if (row === undefined) return 'unknown';
  if (row.state === 'deleted') return 'deleted';
  if (action === 'delete') return null;
  if (action === 'scan') return row.state === 'stored' ? null : 'unchanged';
  return row.moderation === DECISIONS[action].moderation ? 'unchanged' : null;
}
