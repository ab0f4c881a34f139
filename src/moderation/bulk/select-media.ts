import type { BulkOutcome, Media, PrismaClient } from '../../generated/prisma/client.ts';
import { mediaSelection, NEWEST_MEDIA_FIRST } from '../../storage/media-scan.ts';
import { scanRows } from '../../storage/scan-rows.ts';
import { DECISIONS } from '../decisions.ts';
import type { BulkAction } from './bulk-actions.ts';
import type { BulkRequest } from './bulk-request.ts';

/** Rows at a time: no statement keeps others waiting, however many there are. */
const BATCH = 1000;

/** A media that a bulk act is about; `outcome` where it is known before anything is done. */
export interface Selected {
  mediaSid: string;
  outcome: BulkOutcome | null;
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
  return row.moderation === DECISIONS[action].moderation ? 'unchanged' : null;
}
