import type { Database } from '../database/database.ts';
import { scanPage } from '../database/scan-rows.ts';
import { AppError } from '../errors/app-error.ts';
import { MEDIA_INCLUDE, type MediaRow, mediaItem } from '../gallery/media-items.ts';
import { Prisma } from '../generated/prisma/client.ts';
import { encodeOpaqueCursor, type Page } from '../http/paging.ts';
import { isOwnNumber } from '../moderation/own-numbers.ts';
import { requireOwnQueue } from '../moderation/queues/own-queues.ts';
import {
  type QueueName,
  type QueuePlace,
  queueOrder,
  queueSelection,
} from '../moderation/queues/queues.ts';
import { readProposals } from '../moderation/reviews/open-proposals.ts';
import { type ProposalItem, proposalItem } from '../moderation/reviews/proposal-schemas.ts';
import type { QueueItem, QueueItemsQuery } from './queue-schemas.ts';
import { type Claimant, readClaims } from './read-claims.ts';

/**
 * One page of a queue, what waits longest first, with who works on what.
 *
 * @throws AppError `invalid_request` for the cursor of another queue, `forbidden` for a queue that is not the caller's
 */
export async function listQueueItems(
  { prisma }: Database,
  name: QueueName,
  { limit, cursor, ...filter }: QueueItemsQuery,
  caller: Claimant,
): Promise<Page<QueueItem>> {
  if (cursor !== undefined && cursor.queue !== name) {
    const message = `is the nextCursor of the queue ${cursor.queue}`;
    throw new AppError('invalid_request', 'Not valid: cursor.', {
      fields: [{ field: 'cursor', message }],
    });
  }
  requireOwnQueue(caller, name);
  const selection = await queueSelection(prisma, name, filter, isOwnNumber(caller.work));
  for (let after: QueuePlace | undefined = cursor; ; ) {
    const { page, last } = await scanPage(prisma, queueOrder(name), selection, after, limit);
    const items = await readItems(prisma, page);
    // An empty page means the end of the list, so scan on when all items have just gone.
    if (items.length > 0 || last === undefined) {
      const claims = await readClaims(prisma, isOfMedia(page), caller);
      const active = claims.filter(({ state }) => state === 'active');
      const claimOf = new Map(active.map((claim) => [claim.mediaSid, claim]));
      return {
        items: items.map((item) => ({ ...item, claim: claimOf.get(item.media.sid) ?? null })),
        nextCursor:
          last === undefined ? null : encodeOpaqueCursor([last.since.getTime(), last.sid, name]),
      };
    }
    after = last;
  }
}

function isOfMedia(places: readonly QueuePlace[]): Prisma.Sql {
  return Prisma.sql`media_sid = ANY(${places.map(({ sid }) => sid)}) AND ended_at IS NULL`;
}

/**
 * The attachments at some places, in their order, with what is to be known before they are decided about. Those that were
 * deleted meanwhile are left out.
 */
export async function readItems(
  { media, report, mediaSkip, proposal }: Database['prisma'],
  places: readonly QueuePlace[],
): Promise<Omit<QueueItem, 'claim'>[]> {
  const sids = { in: places.map(({ sid }) => sid) };
  const rows = await media.findMany({
    where: { sid: sids, state: { not: 'deleted' } },
    include: MEDIA_INCLUDE,
  });
  const reported = rows.filter(({ reportedAt }) => reportedAt !== null).map(({ sid }) => sid);
  const reports = await report.groupBy({
    by: 'mediaSid',
    where: { mediaSid: { in: reported }, resolvedAt: null },
    _count: true,
  });
  const skips = await mediaSkip.groupBy({
    by: 'mediaSid',
    where: { mediaSid: sids },
    _sum: { count: true },
  });
  const escalated = rows.filter(({ escalatedAt }) => escalatedAt !== null).map(({ sid }) => sid);
  const proposalsOf = await readProposals({ proposal }, escalated);
  const reportsOf = new Map(reports.map(({ mediaSid, _count }) => [mediaSid, _count]));
  const skipsOf = new Map(skips.map(({ mediaSid, _sum }) => [mediaSid, _sum.count ?? 0]));
  const rowOf = new Map(rows.map((row) => [row.sid, row]));
  return places.flatMap(({ sid, since }) => {
    const row = rowOf.get(sid);
    if (row === undefined) return [];
    return [
      {
        since,
        media: mediaItem(row, 'everything'),
        openReports: reportsOf.get(sid) ?? 0,
        skips: skipsOf.get(sid) ?? 0,
        escalation: escalationOf(row, (proposalsOf.get(sid) ?? []).map(proposalItem)),
      },
    ];
  });
}

function escalationOf(
  { escalatedAt: at, escalatedBy: by, escalationReason: reason }: MediaRow,
  proposals: ProposalItem[],
) {
  const proposal = proposals[0] ?? null;
  return at === null || by === null ? null : { at, by, reason, proposal, proposals };
}
