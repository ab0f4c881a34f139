import { setImmediate } from 'node:timers/promises';
import { Prisma } from '../generated/prisma/client.ts';
import type { Transaction } from './database.ts';

// Lists are read in windows: a statement looks at the next rows of one index, at most `MAX_ROWS` of them,
// and answers those that the filters match. A filter that matches next to nothing takes many short
// statements instead of a long one: the embedded database runs one statement at a time, and a webhook that
// waits for its turn waits for one window.

/** Measured on the embedded database: at 200,000 attachments a window of these takes up to 30 ms. */
const MAX_ROWS = 1000;
/** Of windows that are only counted. */
const MAX_COUNTED = 2000;

type Db = Pick<Transaction, '$queryRaw'>;

/** The order of a list, what is read of a row, and the place of a row in the list, which is part of that. */
export interface ScanOrder<Row extends Place, Place = Row> {
  table: Prisma.Sql;
  /** Of what is read, the names in the database. */
  columns: Readonly<Record<keyof Row, string>>;
  /** As an index has it behind the columns of a range. */
  orderBy: Prisma.Sql;
  /** The rows that come after a place. */
  after(place: Place): Prisma.Sql;
}

/** Which rows of a table. */
export interface ScanSelection {
  /** Ranges of indexes, which have the order of the list each; no row is in two of them. */
  ranges: readonly Prisma.Sql[];
  /** What of them is meant. */
  filter: Prisma.Sql;
}

/**
 * The rows of a selection in the order of the list, window by window. A batch may be empty.
 *
 * @param first rows of the first window; later ones grow, as it seems that few match
 */
export async function* scanRows<Row extends Place, Place>(
  db: Db,
  order: ScanOrder<Row, Place>,
  selection: ScanSelection,
  { after, first = MAX_ROWS }: { after?: Place | undefined; first?: number } = {},
): AsyncGenerator<Row[]> {
  const most = Math.max(1, Math.floor(MAX_ROWS / selection.ranges.length));
  let size = Math.min(first, most);
  for (let last: Place | undefined = after; ; ) {
    const rows = await readWindow(db, order, selection, { last, size, withRows: true });
    const end = rows.at(-1);
    yield rows.filter(({ matches }) => matches).map(({ row }) => row);
    if (end === undefined || end.looked < size) return;
    last = end.row;
    size = Math.min(size * 4, most);
    // The embedded database does not let go of the event loop: others have a turn between windows.
    await setImmediate();
  }
}

/** One page of a list. `last` is what the next page comes after; undefined on the last page. */
export async function scanPage<Row extends Place, Place>(
  db: Db,
  order: ScanOrder<Row, Place>,
  selection: ScanSelection,
  after: Place | undefined,
  limit: number,
): Promise<{ page: Row[]; last: Row | undefined }> {
  const found: Row[] = [];
  for await (const rows of scanRows(db, order, selection, { after, first: limit + 1 })) {
    found.push(...rows);
    if (found.length > limit) break;
  }
  return toPage(found, limit);
}

/** How many rows a selection has. */
export async function countRows<Row extends Place, Place>(
  db: Db,
  order: ScanOrder<Row, Place>,
  selection: ScanSelection,
): Promise<number> {
  const { counted } = await passRows(db, order, selection, Number.POSITIVE_INFINITY);
  return counted;
}

/**
 * The place behind so many rows of a selection: what `OFFSET` would do in one statement.
 *
 * @returns null where it has fewer
 */
export async function skipRows<Row extends Place, Place>(
  db: Db,
  order: ScanOrder<Row, Place>,
  selection: ScanSelection,
  amount: number,
): Promise<Place | null> {
  const { counted, last } = await passRows(db, order, selection, amount);
  return counted === amount ? (last ?? null) : null;
}

async function passRows<Row extends Place, Place>(
  db: Db,
  order: ScanOrder<Row, Place>,
  selection: ScanSelection,
  most: number,
): Promise<{ counted: number; last: Place | undefined }> {
  let counted = 0;
  let last: Place | undefined;
  while (counted < most) {
    // No larger than what is left: it does not go too far.
    const size = Math.min(MAX_COUNTED, most - counted);
    const window = { last, size, withRows: false };
    const [end] = await readWindow(db, order, selection, window);
    if (end === undefined) break;
    counted += end.matched;
    last = end.row;
    if (end.looked < size) break;
    await setImmediate();
  }
  return { counted, last };
}

/**
 * Of several sets of ranges that hold all rows of a selection, one with few rows: a filter with few rows
 * leads, the others are looked at in what it has.
 *
 * @param candidates the likeliest first; of those with many rows the first is taken
 */
export async function chooseRanges(
  db: Db,
  { table, orderBy }: Pick<ScanOrder<object>, 'table' | 'orderBy'>,
  candidates: readonly (readonly Prisma.Sql[])[],
): Promise<readonly Prisma.Sql[]> {
  const [likeliest = [Prisma.sql`true`]] = candidates;
  if (candidates.length < 2) return likeliest;
  const counts = candidates.map((ranges) => {
    const rows = ranges.map(
      (range) =>
        // In the order of an index, which it is read from: what is at the end of the table is found, too.
        Prisma.sql`(SELECT 1 FROM ${table} WHERE ${range} ORDER BY ${orderBy} LIMIT ${MAX_ROWS})`,
    );
    if (rows.length === 0) return Prisma.sql`0`;
    return Prisma.sql`(SELECT count(*)::int FROM (${Prisma.join(rows, ' UNION ALL ')}) AS looked)`;
  });
  const [{ found }] = await db.$queryRaw<[{ found: number[] }]>`
    SELECT ARRAY[${Prisma.join(counts)}] AS found`;
  const fewest = Math.min(...found);
  return fewest < MAX_ROWS ? (candidates[found.indexOf(fewest)] ?? likeliest) : likeliest;
}

/** All conditions together; true of none. */
export function allOf(conditions: readonly (Prisma.Sql | '' | undefined)[]): Prisma.Sql {
  const given = conditions.filter((condition) => condition !== undefined && condition !== '');
  return given.length === 0 ? Prisma.sql`true` : Prisma.join(given, ' AND ');
}

interface WindowRow<Row> {
  row: Row;
  matches: boolean;
  /** Rows of the window, and how many of them match. */
  looked: number;
  matched: number;
}

/**
 * @param window.withRows whether the rows are wanted, or only how many they are
 * @returns the rows that match, and the last one of the window also where it does not
 */
async function readWindow<Row extends Place, Place>(
  db: Db,
  { table, columns, orderBy, after }: ScanOrder<Row, Place>,
  { ranges, filter }: ScanSelection,
  { last, size, withRows }: { last: Place | undefined; size: number; withRows: boolean },
): Promise<WindowRow<Row>[]> {
  if (ranges.length === 0) return [];
  const names = Object.entries<string>(columns);
  const wanted = Prisma.raw(names.map(([, column]) => `"${column}"`).join(', '));
  const begin = last === undefined ? Prisma.sql`true` : after(last);
  const windows = ranges.map(
    (range) => Prisma.sql`(
      SELECT ${wanted}, (${filter}) AS matches FROM ${table} WHERE ${range} AND ${begin}
      ORDER BY ${orderBy} LIMIT ${size})`,
  );
  const rows = await db.$queryRaw<Record<string, unknown>[]>`
    WITH looked AS MATERIALIZED (
      SELECT * FROM (${Prisma.join(windows, ' UNION ALL ')}) AS ranges ORDER BY ${orderBy} LIMIT ${size}
    ), placed AS (
      SELECT *, row_number() OVER (ORDER BY ${orderBy}) AS place, count(*) OVER () AS looked,
        count(*) FILTER (WHERE matches) OVER () AS matched
      FROM looked
    )
    SELECT ${wanted}, coalesce(matches, false) AS matches, looked::int, matched::int FROM placed
    WHERE place = looked OR (matches AND ${withRows}) ORDER BY place`;
  return rows.map(({ matches, looked, matched, ...read }) => ({
    row: Object.fromEntries(names.map(([name, column]) => [name, read[column]])) as Row,
    matches: matches === true,
    looked: Number(looked),
    matched: Number(matched),
  }));
}

/**
 * Cuts a page out of its rows and, where there is one, the first of the next page: read one row more
 * than is shown to know whether there is a next page.
 *
 * @returns `last` is what the next page comes after; undefined on the last page
 */
export function toPage<R>(rows: readonly R[], size: number): { page: R[]; last: R | undefined } {
  const page = rows.slice(0, size);
  return { page, last: rows.length > size ? page.at(-1) : undefined };
}
