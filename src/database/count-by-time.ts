import { setImmediate } from 'node:timers/promises';
import { Prisma } from '../generated/prisma/client.ts';
import type { Transaction } from './database.ts';
import { MEDIA_BACKWARDS, MEDIA_ORDERS, type MediaPlace } from './media-scan.ts';
import type { ListOrder } from './message-order.ts';
import type { ScanSelection } from './scan-rows.ts';

// Counts by day or month, in windows of an index like lists (docs/adr/0031-finding-media.md).

/**
 * Rows of one statement. The embedded database reads 5,000 in about 10 ms; a filter on the texts of messages that are not in
 * its memory takes it a hundred times as long.
 */
const MIN_ROWS = 250;
const FIRST_ROWS = 1000;
const MAX_ROWS = 5000;
/** Milliseconds that a statement should take, the wait for its turn included. */
const AIM_MS = 25;
/** Once so many rows were read, the page ends with the bucket that is complete. */
const ENOUGH_ROWS = 200_000;

export const BUCKET_UNITS = ['day', 'month'] as const;
export type BucketUnit = (typeof BUCKET_UNITS)[number];

/** What was received in one day or month. */
export interface Bucket {
  from: Date;
  /** Exclusive. */
  to: Date;
  count: number;
}

/** How to divide time. */
export interface Division {
  order: ListOrder;
  unit: BucketUnit;
  /** IANA name of the time zone whose days or months these are. */
  timeZone: string;
}

/** How far one range of the selection has been read. */
interface Walk {
  range: Prisma.Sql;
  last: MediaPlace | undefined;
  isDone: boolean;
}

/**
 * Counts the media of a selection by day or month, exactly; buckets without any are left out.
 *
 * @param limit the maximum number of buckets
 * @returns `next`: where the next page starts, the end of these buckets in the order of the list; null at the
 *   end. A page without buckets is the last one
 */
export async function countByTime(
  db: Pick<Transaction, '$queryRaw'>,
  selection: ScanSelection,
  division: Division,
  limit: number,
): Promise<{ buckets: Bucket[]; next: Date | null }> {
  const { order } = division;
  const walks: Walk[] = selection.ranges.map((range) => ({
    range,
    last: undefined,
    isDone: false,
  }));
  const counted = new Map<number, Bucket>();
  let rows = FIRST_ROWS;
  for (let read = 0; ; ) {
    // The other ranges wait for the one that is furthest behind, so that buckets become complete.
    const [behind] = walks.filter(({ isDone }) => !isDone).sort(byProgress(order));
    const complete = [...counted.values()]
      .filter((bucket) => behind === undefined || isPassed(bucket, behind, order))
      .sort((a, b) =>
        order === 'newest' ? Number(b.from) - Number(a.from) : Number(a.from) - Number(b.from),
      );
    const filled = complete.filter(({ count }) => count > 0);
    const isEnough = filled.length > limit || (read >= ENOUGH_ROWS && filled.length > 0);
    if (behind === undefined || isEnough) {
      const buckets = filled.slice(0, limit);
      const end = filled.length > limit ? buckets.at(-1) : behind && complete.at(-1);
      return { buckets, next: end === undefined ? null : order === 'newest' ? end.from : end.to };
    }
    const startedAt = performance.now();
    const window = await readWindow(db, behind, selection, division, rows);
    for (const { from, to, matched } of window.buckets) {
      const count = matched + (counted.get(from.getTime())?.count ?? 0);
      counted.set(from.getTime(), { from, to, count });
    }
    behind.last = window.last;
    behind.isDone = window.scanned < rows;
    read += window.scanned;
    rows = performance.now() - startedAt < AIM_MS ? rows * 2 : Math.ceil(rows / 2);
    rows = Math.min(MAX_ROWS, Math.max(MIN_ROWS, rows));
    // The embedded database runs one statement at a time: other work gets a turn between windows.
    await setImmediate();
  }
}

/** Orders ranges by the time that they have reached, the one furthest behind first. */
function byProgress(order: ListOrder): (a: Walk, b: Walk) => number {
  const reached = ({ last }: Walk) => {
    if (last === undefined) return Number.NEGATIVE_INFINITY;
    return order === 'newest' ? -last.receivedAt.getTime() : last.receivedAt.getTime();
  };
  return (a, b) => (reached(a) < reached(b) ? -1 : 1);
}

/** Whether every row of a bucket was read. */
function isPassed({ from, to }: Bucket, { last }: Walk, order: ListOrder): boolean {
  if (last === undefined) return false;
  return order === 'newest' ? from > last.receivedAt : to <= last.receivedAt;
}

interface CountedRow extends MediaPlace {
  from: Date;
  to: Date;
  scanned: number;
  matched: number;
}

/** Reads the next rows of a range: how many there are and how many match, by bucket, and the last of them. */
async function readWindow(
  db: Pick<Transaction, '$queryRaw'>,
  { range, last }: Walk,
  { table = Prisma.sql`media`, filter }: Omit<ScanSelection, 'ranges'>,
  { order, unit, timeZone }: Division,
  maxRows: number,
): Promise<{
  buckets: Pick<CountedRow, 'from' | 'to' | 'matched'>[];
  scanned: number;
  last: MediaPlace | undefined;
}> {
  const { orderBy, after } = MEDIA_ORDERS[order];
  const begin = last === undefined ? Prisma.sql`true` : after(last);
  // Converting a time to a time zone costs more than reading its row, so it is done once for each quarter of an
  // hour: the offsets of all time zones are multiples of that since 1972.
  const rows = await db.$queryRaw<CountedRow[]>`
    WITH scanned AS MATERIALIZED (
      SELECT received_at, message_sid, index, (${filter}) AS matches
      FROM ${table} WHERE ${range} AND ${begin} ORDER BY ${orderBy} LIMIT ${maxRows}
    ), slots AS (
      SELECT date_bin('15 minutes', received_at, '2000-01-01T00:00:00Z') AS slot,
        count(*) AS scanned, count(*) FILTER (WHERE matches) AS matched
      FROM scanned GROUP BY 1
    ), buckets AS (
      SELECT date_trunc(${unit}, slot AT TIME ZONE ${timeZone}) AS midnight,
        sum(scanned)::int AS scanned, sum(matched)::int AS matched
      FROM slots GROUP BY 1
    ), last AS (
      SELECT received_at AS "receivedAt", message_sid AS "messageSid", index
      FROM scanned ORDER BY ${MEDIA_BACKWARDS[order].orderBy} LIMIT 1
    )
    SELECT ${startOf(Prisma.sql`midnight`, timeZone)} AS "from",
      ${startOf(Prisma.sql`(midnight + ${`1 ${unit}`}::interval)`, timeZone)} AS "to",
      scanned, matched, last.*
    FROM buckets CROSS JOIN last`;
  const [first] = rows;
  return {
    buckets: rows,
    scanned: rows.reduce((sum, { scanned }) => sum + scanned, 0),
    last: first && {
      receivedAt: first.receivedAt,
      messageSid: first.messageSid,
      index: first.index,
    },
  };
}

/**
 * The first instant of a local day. Of a midnight that occurs twice, when clocks are set back from 1:00 to
 * 0:00 (Azores, Cuba), PostgreSQL takes the second one.
 *
 * @param midnight a `timestamp` without time zone
 */
function startOf(midnight: Prisma.Sql, timeZone: string): Prisma.Sql {
  const later = Prisma.sql`(${midnight} AT TIME ZONE ${timeZone})`;
  const earlier = Prisma.sql`(${later} - interval '1 hour')`;
  return Prisma.sql`
    CASE WHEN ${earlier} AT TIME ZONE ${timeZone} >= ${midnight} THEN ${earlier} ELSE ${later} END`;
}
