import type { Database, Transaction } from '../database/database.ts';
import { findPageStarts } from '../database/page-starts.ts';
import { type Page, sendPage } from '../http/paging.ts';
import { type Route, route } from '../http/resource-router.ts';
import { visibilityOf } from './access.ts';
import { encodeCursor } from './cursor.ts';
import { readableSelection } from './list-media.ts';
import type { PageStartsQuery } from './list-query.ts';
import { type PageStart, pageStartOperations } from './page-start-operations.ts';
import type { Visibility } from './visibility.ts';

/** `GET /api/v1/media/page-starts`: cursors of all pages of the list. */
export function createPageStartRoute(database: Database): Route {
  return route(pageStartOperations.listMediaPageStarts, async ({ query, request, response }) => {
    const visibility = visibilityOf(response);
    const page = await database.lists.read((db) => listPageStarts(db, query, visibility));
    sendPage(request, response, page);
  });
}

/** @throws AppError `forbidden` for a filter on media that the reader may not see */
async function listPageStarts(
  db: Transaction,
  { every, limit, cursor, order, ...filter }: PageStartsQuery,
  visibility: Visibility,
): Promise<Page<PageStart>> {
  const selection = await readableSelection(db, filter, visibility);
  const walk = { order, every, after: cursor, limit };
  const { places, hasMore } = await findPageStarts(db, selection, walk);
  const items = places.map((place) => ({
    cursor: encodeCursor(place, order),
    receivedAt: place.receivedAt,
  }));
  // Each page has `every` attachments, so counting goes on after the last one.
  return { items, nextCursor: hasMore ? (items.at(-1)?.cursor ?? null) : null };
}
