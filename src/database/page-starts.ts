import { setImmediate } from 'node:timers/promises';
import type { Transaction } from './database.ts';
import { MEDIA_ORDERS, type MediaPlace } from './media-scan.ts';
import type { ListOrder } from './message-order.ts';
import { type ScanSelection, windowSql } from './scan-rows.ts';

// Where the pages of a list begin, in windows of an index like counts by time (docs/adr/0031-finding-media.md).

/** Rows of one statement, which takes the embedded database about 10 ms. */
const MAX_ROWS = 5000;
/** Once so many rows were read, what was found is enough. */
const ENOUGH_ROWS = 200_000;

/**
 * The media after which the pages of a selection begin: every `every`-th one that another one follows.
 *
 * @param after the one after which counting begins
 * @param limit the maximum number of places
 * @returns `hasMore`: whether to go on after the last place. A result without places is the last one
 */
export async function findPageStarts(
  db: Pick<Transaction, '$queryRaw'>,
  selection: ScanSelection,
  {
    order,
    every,
    after,
    limit,
  }: { order: ListOrder; every: number; after: MediaPlace | undefined; limit: number },
): Promise<{ places: MediaPlace[]; hasMore: boolean }> {
  const places: MediaPlace[] = [];
  let last = after;
  let matched = 0;
  for (let read = 0; ; ) {
    const window = await readWindow(db, selection, { order, every, last, matched });
    places.push(...window.places);
    last = window.last;
    matched += window.matched;
    read += window.scanned;
    // Whether anything follows the last place is not known before it is found.
    const followed = places.slice(0, Math.max(0, Math.ceil(matched / every) - 1));
    if (window.isLast)
      return { places: followed.slice(0, limit), hasMore: followed.length > limit };
    if (followed.length > limit) return { places: followed.slice(0, limit), hasMore: true };
    if (followed.length > 0 && read >= ENOUGH_ROWS) return { places: followed, hasMore: true };
    // The embedded database runs one statement at a time: other work gets a turn between windows.
    await setImmediate();
  }
}

interface PlaceRow extends MediaPlace {
  isPlace: boolean;
  /** Rows of the window, and how many of them match. */
  scanned: number;
  matched: number;
}

/** @param walk.matched the number of matching rows before this window */
async function readWindow(
  db: Pick<Transaction, '$queryRaw'>,
  selection: ScanSelection,
  walk: { order: ListOrder; every: number; last: MediaPlace | undefined; matched: number },
): Promise<{
  places: MediaPlace[];
  scanned: number;
  matched: number;
  last: MediaPlace | undefined;
  isLast: boolean;
}> {
  const { order, every, last, matched } = walk;
  const ranges = selection.ranges.length;
  if (ranges === 0) return { places: [], scanned: 0, matched: 0, last, isLast: true };
  const size = Math.max(1, Math.floor(MAX_ROWS / ranges));
  const scan = MEDIA_ORDERS[order];
  const rows = await db.$queryRaw<PlaceRow[]>`
    WITH scanned AS MATERIALIZED (
      ${windowSql(scan, selection, last, size)}
    ), counted AS (
      SELECT received_at, message_sid, index, coalesce(matches, false) AS matches,
        row_number() OVER list AS scanned, count(*) FILTER (WHERE matches) OVER list AS matched
      FROM scanned WINDOW list AS (ORDER BY ${scan.orderBy} ROWS UNBOUNDED PRECEDING)
    )
    SELECT received_at AS "receivedAt", message_sid AS "messageSid", index,
      matches AND (${matched} + matched) % ${every} = 0 AS "isPlace", scanned::int, matched::int
    FROM counted
    WHERE (matches AND (${matched} + matched) % ${every} = 0)
      OR scanned = (SELECT count(*) FROM scanned)
    ORDER BY counted.scanned`;
  const end = rows.at(-1);
  return {
    places: rows.filter(({ isPlace }) => isPlace),
    scanned: end?.scanned ?? 0,
    matched: end?.matched ?? 0,
    last: end ?? last,
    isLast: (end?.scanned ?? 0) < size,
  };
}
