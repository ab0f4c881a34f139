import type { Database } from '../database/database.ts';
import { AppError } from '../errors/app-error.ts';
import { encodeOpaqueCursor, type Page, sendPage } from '../http/paging.ts';
import { type Route, route } from '../http/resource-router.ts';
import { listCatches } from '../moderation/blocklist/catches.ts';
import { type CaughtItem, type CaughtQuery, caughtOperations } from './caught-operations.ts';
import { MEDIA_INCLUDE, mediaItem } from './media-items.ts';

/** `GET /api/v1/blocklist/{id}/caught`. */
export function createCaughtRoute(database: Database): Route {
  return route(
    caughtOperations.listCaughtMedia,
    async ({ params: { id }, query, request, response }) => {
      sendPage(request, response, await listCaught(database, id, query));
    },
  );
}

async function listCaught(
  { prisma }: Database,
  id: bigint,
  query: CaughtQuery,
): Promise<Page<CaughtItem>> {
  if ((await prisma.blocklistEntry.count({ where: { id } })) === 0) {
    throw new AppError('not_found', 'The blocklist has had no entry with this number.');
  }
  const { page, last } = await listCatches(prisma, id, query);
  const rows = await prisma.media.findMany({
    where: { sid: { in: page.map(({ mediaSid: sid }) => sid) } },
    include: MEDIA_INCLUDE,
  });
  const rowOf = new Map(rows.map((row) => [row.sid, row]));
  const items = page.flatMap(({ mediaSid: sid, caughtAt, distance }) => {
    const row = rowOf.get(sid);
    return row === undefined ? [] : [{ caughtAt, distance, media: mediaItem(row, 'everything') }];
  });
  const nextCursor =
    last === undefined ? null : encodeOpaqueCursor([last.caughtAt.getTime(), last.mediaSid]);
  return { items, nextCursor };
}
