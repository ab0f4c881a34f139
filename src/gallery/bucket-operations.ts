import { z } from 'zod';
import { BUCKET_UNITS } from '../database/count-by-time.ts';
import { LIST_ORDERS } from '../database/message-order.ts';
import { count, time } from '../http/fields.ts';
import { defineOperation } from '../http/operation.ts';
import { opaqueCursor, pageAnswer, pageLimit } from '../http/paging.ts';
import { mediaFilterFields } from '../media/media-filter.ts';
import { hasLocation } from './list-query.ts';

const unit = z.enum(BUCKET_UNITS, { error: BUCKET_UNITS.join(' or ') });
const order = z.enum(LIST_ORDERS, { error: LIST_ORDERS.join(' or ') });

const TIME_ZONE = 'the IANA name of a time zone, such as Europe/Berlin';
const timeZone = z.string(TIME_ZONE).refine(isTimeZone, TIME_ZONE);

function isTimeZone(name: string): boolean {
  // Offsets such as +01:00 are known to JavaScript, but have the other sign in PostgreSQL.
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** Where the next page starts; valid only for the same division of time. */
const cursor = z
  .tuple([z.int().min(-6.2e13).max(2.5e14), order, unit, z.string().max(64)])
  .transform(([at, order, unit, timeZone]) => ({ at: new Date(at), order, unit, timeZone }));

/** Query of `GET /api/v1/media/buckets`. */
const bucketsQuery = z
  .strictObject({
    unit: unit.default('day'),
    timeZone: timeZone.default('UTC').meta({
      description: 'Whose days or months these are: an IANA name.',
      examples: ['Europe/Berlin'],
    }),
    order: order.default('newest').describe('Which buckets come first.'),
    limit: pageLimit(1000, 400),
    cursor: opaqueCursor(cursor).optional().describe('`nextCursor` of the page before.'),
    ...mediaFilterFields,
    hasLocation,
  })
  .superRefine(({ cursor, order, unit, timeZone }, context) => {
    if (cursor === undefined) return;
    const isSame = cursor.order === order && cursor.unit === unit && cursor.timeZone === timeZone;
    if (isSame) return;
    const message = 'is the nextCursor of another unit, order or time zone';
    context.addIssue({ code: 'custom', path: ['cursor'], message });
  });

export type BucketsQuery = z.output<typeof bucketsQuery>;

const bucketSchema = z
  .strictObject({
    from: time.describe('When the day or month begins.'),
    to: time.describe('When the next one begins: `receivedBefore` of its attachments.'),
    count: count.describe('At least one.'),
  })
  .meta({ id: 'MediaBucket' });

/** Counts of attachments along the axis of time. */
export const bucketOperations = {
  listMediaBuckets: defineOperation({
    id: 'listMediaBuckets',
    method: 'get',
    path: '/api/v1/media/buckets',
    tag: 'media',
    summary: 'Count attachments by day or month',
    description:
      'With the filters of the list of attachments but `transcript`, and counting what that lists. Days and months without any are ' +
      'left out. `from` and `to` are the bounds in the time zone: days of 23 and 25 hours have these.\n\n' +
      'Counts are exact. A page may have fewer buckets than `limit` although more follow: it ends early once ' +
      'some hundred thousand attachments were counted for it.',
    access: 'viewer',
    query: bucketsQuery,
    answers: { 200: pageAnswer(bucketSchema) },
    // A filter on media that the caller may not see.
    problems: ['forbidden'],
  }),
};
