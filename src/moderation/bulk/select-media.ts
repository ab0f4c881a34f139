import type { BulkOutcome, Prisma, PrismaClient } from '../../generated/prisma/client.ts';
import { mediaWhere } from '../../storage/media-where.ts';
import { DECISIONS } from '../decisions.ts';
import type { BulkAction } from './bulk-actions.ts';
import type { BulkRequest } from './bulk-request.ts';

/** Rows at a time: no statement keeps others waiting, however many there are. */
const BATCH = 2000;

/** A media that a bulk act is about; `outcome` where it is known before anything is done. */
export interface Selected {
  mediaSid: string;
  outcome: BulkOutcome | null;
}

/** The media that a request is about, in the order of their sids, in batches. */
export async function* selectMedia(
  { media }: Pick<PrismaClient, 'media'>,
  { action, sids, filter }: Pick<BulkRequest, 'action' | 'sids' | 'filter'>,
): AsyncGenerator<Selected[]> {
  if (sids !== undefined) {
    const wanted = [...new Set(sids)].sort();
    for (let begin = 0; begin < wanted.length; begin += BATCH) {
      const batch = wanted.slice(begin, begin + BATCH);
      const rows = await media.findMany({ where: { sid: { in: batch } }, select: FACTS });
      const found = new Map(rows.map((row) => [row.sid, row]));
      yield batch.map((mediaSid) => ({ mediaSid, outcome: foreseen(found.get(mediaSid), action) }));
    }
    return;
  }
  for (let after = ''; ; ) {
    const rows = await media.findMany({
      where: { AND: [mediaWhere(filter ?? {}), { sid: { gt: after } }] },
      select: FACTS,
      orderBy: { sid: 'asc' },
      take: BATCH,
    });
    if (rows.length === 0) return;
    yield rows.map((row) => ({ mediaSid: row.sid, outcome: foreseen(row, action) }));
    after = rows.at(-1)?.sid ?? '';
  }
}

const FACTS = { sid: true, state: true, moderation: true } as const;
type Facts = Prisma.MediaGetPayload<{ select: typeof FACTS }>;

/** Null for what is to be done. */
function foreseen(row: Facts | undefined, action: BulkAction): Selected['outcome'] {
  if (row === undefined) return 'unknown';
  if (row.state === 'deleted') return 'deleted';
  if (action === 'delete') return null;
  if (action === 'scan') return row.state === 'stored' ? null : 'unchanged';
  return row.moderation === DECISIONS[action].moderation ? 'unchanged' : null;
}
