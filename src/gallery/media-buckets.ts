import { type Bucket, countByTime } from '../database/count-by-time.ts';
import type { Database, Transaction } from '../database/database.ts';
import { sqlStateOf } from '../database/sql-state.ts';
import { AppError } from '../errors/app-error.ts';
import { encodeOpaqueCursor, type Page, sendPage } from '../http/paging.ts';
import { type Route, route } from '../http/resource-router.ts';
import { visibilityOf } from './access.ts';
import { type BucketsQuery, bucketOperations } from './bucket-operations.ts';
import { readableSelection } from './list-media.ts';
import type { Visibility } from './visibility.ts';

/** SQLSTATE of a time zone that PostgreSQL does not know. */
const INVALID_PARAMETER_VALUE = '22023';

/** `GET /api/v1/media/buckets`: how many attachments there are, by day or month. */
export function createBucketRoute(database: Database): Route {
  return route(bucketOperations.listMediaBuckets, async ({ query, request, response }) => {
    const visibility = visibilityOf(response);
    const page = await database.lists.read((db) => listBuckets(db, query, visibility));
    sendPage(request, response, page);
  });
}

/**
 * @throws AppError `forbidden` for a filter on media that the reader may not see, `invalid_request` for a time
 *   zone that the database does not know
 */
async function listBuckets(
  db: Transaction,
  query: BucketsQuery,
  visibility: Visibility,
): Promise<Page<Bucket>> {
  const { unit, timeZone, order, limit, cursor, ...filter } = query;
  const selection = await readableSelection(db, continueAfter(filter, cursor), visibility);
  try {
    const division = { order, unit, timeZone };
    const { buckets, next } = await countByTime(db, selection, division, limit);
    const nextCursor =
      next === null ? null : encodeOpaqueCursor([next.getTime(), order, unit, timeZone]);
    return { items: buckets, nextCursor };
  } catch (error) {
    if (sqlStateOf(error) !== INVALID_PARAMETER_VALUE) throw error;
    // ICU may be newer than the database's time zones.
    const fields = [{ field: 'timeZone', message: 'is not known to the database' }];
    throw new AppError('invalid_request', 'Not valid: timeZone.', { cause: error, fields });
  }
}

type Filter = Omit<BucketsQuery, 'unit' | 'timeZone' | 'order' | 'limit' | 'cursor'>;

/** Limits a filter to what follows the buckets of the page before. */
function continueAfter(filter: Filter, cursor: BucketsQuery['cursor']): Filter {
  if (cursor === undefined) return filter;
  const { receivedAfter, receivedBefore } = filter;
  const { at } = cursor;
  if (cursor.order === 'newest') {
    return {
      ...filter,
      receivedBefore: receivedBefore && receivedBefore < at ? receivedBefore : at,
    };
  }
  return { ...filter, receivedAfter: receivedAfter && receivedAfter > at ? receivedAfter : at };
}
