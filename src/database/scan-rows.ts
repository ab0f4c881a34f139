import { setImmediate } from 'node:timers/promises';
import { Prisma } from '../generated/prisma/client.ts';
import type { Transaction } from './database.ts';

// Lists are read in windows: a statement reads the next rows of one index, at most `MAX_ROWS` of them, and
// returns those that the filters match. A filter that matches almost nothing takes many short statements
// instead of a long one: the embedded database runs one statement at a time, so a webhook waits for at most
// one window.

/** Measured on the embedded database: with 200,000 attachments a window of this size takes up to 30 ms. */
const MAX_ROWS = 1000;
/** The size of windows whose rows are only counted. */
const MAX_COUNTED = 2000;

type Db = Pick<Transaction, '$queryRaw'>;

/** The order of a list, the columns that are read, and the position of a row (a subset of these). */
export interface ScanOrder<Row extends Place, Place = Row> {
  table: Prisma.Sql;
  /** The column names of the properties that are read. */
  columns: Readonly<Record<keyof Row, string>>;
  /** Must match an index after the columns of a range. */
  orderBy: Prisma.Sql;
  /** The condition for rows after a position. */
  after(place: Place): Prisma.Sql;
}

/** Selects rows of a table. */
export interface ScanSelection {
  /** Few rows of the table that are read instead of it, in any order, under its name. */
  table?: Prisma.Sql;
  /** Disjoint index ranges, each of which has the order of the list. */
  ranges: readonly Prisma.Sql[];
  /** The condition that rows in the ranges have to match. */
  filter: Prisma.Sql;
  /** Of a window, for a filter that takes longer than to compare columns; by default MAX_ROWS. */
  windowRows?: number;
}

/**
 * The rows of a selection in the order of the list, window by window. A batch may be empty.
 *
 * @param first size of the first window; later windows grow, because few rows seem to match
 */
export async function* scanRows<Row extends Place, Place>(
  db: Db,
  order: ScanOrder<Row, Place>,
  selection: ScanSelection,
  { after, first = MAX_ROWS }: { after?: Place | undefined; first?: number } = {},
): AsyncGenerator<Row[]> {
  const { ranges, windowRows = MAX_ROWS } = selection;
  const most = Math.max(1, Math.floor(windowRows / ranges.length));
  let size = Math.min(first, most);
  for (let last: Place | undefined = after; ; ) {
    const rows = await readWindow(db, order, selection, { last, size, withRows: true });
    const end = rows.at(-1);
    yield rows.filter(({ matches }) => matches).map(({ row }) => row);
    if (end === undefined || end.scanned < size) return;
    last = end.row;
    size = Math.min(size * 4, most);
    // The embedded database runs one statement at a time: other work gets a turn between windows.
    await setImmediate();
  }
}

/** One page of a list. `last` is the row that the next page starts after; undefined on the last page. */
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

/** The number of rows of a selection. */
export async function countRows<Row extends Place, Place>(
  db: Db,
  order: ScanOrder<Row, Place>,
  selection: ScanSelection,
): Promise<number> {
  const { counted } = await passRows(db, order, selection, Number.POSITIVE_INFINITY);
  return counted;
}

/**
 * The position after `amount` rows of a selection, like `OFFSET` but in short statements.
 *
 * @returns null when the selection has fewer rows
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
    // Limited to the remaining rows, so that it does not pass the target.
    const size = Math.min(MAX_COUNTED, most - counted);
    const window = { last, size, withRows: false };
    const [end] = await readWindow(db, order, selection, window);
    if (end === undefined) break;
    counted += end.matched;
    last = end.row;
    if (end.scanned < size) break;
    await setImmediate();
  }
  return { counted, last };
}

/**
 * Chooses among several sets of ranges, each of which contains all rows of a selection, the one with the fewest
 * rows: its index is scanned, and the other filters are applied to its rows. When all have many, it is the one whose
 * first rows reach furthest into the list: fewer of its rows lie between two places.
 *
 * @param order.distance of a row from the beginning of the list, as a number: it increases in the order of the list
 * @param candidates most likely first
 */
export async function chooseRanges(
  db: Db,
  order: Pick<ScanOrder<object>, 'table' | 'orderBy'> & { distance: Prisma.Sql },
  candidates: readonly (readonly Prisma.Sql[])[],
): Promise<readonly Prisma.Sql[]> {
  const { table, orderBy, distance } = order;
  const [likeliest = [Prisma.sql`true`]] = candidates;
  const empty = candidates.find((ranges) => ranges.length === 0);
  if (candidates.length < 2 || empty !== undefined) return empty ?? likeliest;
  const looks = candidates.map((ranges, place) => {
    const rows = ranges.map(
      (range) =>
        // In the order of an index, so that it is used and rows at the end of the table are found, too.
        Prisma.sql`(SELECT ${distance} AS distance FROM ${table} WHERE ${range} ORDER BY ${orderBy} LIMIT ${MAX_ROWS})`,
    );
    return Prisma.sql`
      SELECT ${place}::int AS place, least(count(*), ${MAX_ROWS})::int AS found,
        (array_agg(distance ORDER BY distance))[${MAX_ROWS}::int]::float8 AS reached
      FROM (${Prisma.join(rows, ' UNION ALL ')}) AS scanned`;
  });
  const [best] = await db.$queryRaw<{ place: number }[]>`
    SELECT place FROM (${Prisma.join(looks, ' UNION ALL ')}) AS looks
    ORDER BY found, reached DESC, place LIMIT 1`;
  return candidates[best?.place ?? 0] ?? likeliest;
}

/** All conditions combined with AND; `true` without any. */
export function allOf(conditions: readonly (Prisma.Sql | '' | undefined)[]): Prisma.Sql {
  const given = conditions.filter((condition) => condition !== undefined && condition !== '');
  return given.length === 0 ? Prisma.sql`true` : Prisma.join(given, ' AND ');
}

interface WindowRow<Row> {
  row: Row;
  matches: boolean;
  /** The number of rows in the window, and how many of them match. */
  scanned: number;
  matched: number;
}

/**
 * @param window.withRows whether to return the rows, or only their number
 * @returns the matching rows, and the last row of the window even if it does not match
 */
async function readWindow<Row extends Place, Place>(
  db: Db,
  order: ScanOrder<Row, Place>,
  selection: ScanSelection,
  { last, size, withRows }: { last: Place | undefined; size: number; withRows: boolean },
): Promise<WindowRow<Row>[]> {
  const { orderBy } = order;
  if (selection.ranges.length === 0) return [];
  const names = Object.entries<string>(order.columns);
  const wanted = Prisma.raw(names.map(([, column]) => `"${column}"`).join(', '));
  const rows = await db.$queryRaw<Record<string, unknown>[]>`
    WITH scanned AS MATERIALIZED (
      ${windowSql(order, selection, last, size)}
    ), placed AS (
      SELECT *, row_number() OVER (ORDER BY ${orderBy}) AS place, count(*) OVER () AS scanned,
        count(*) FILTER (WHERE matches) OVER () AS matched
      FROM scanned
    )
    SELECT ${wanted}, coalesce(matches, false) AS matches, scanned::int, matched::int FROM placed
    WHERE place = scanned OR (matches AND ${withRows}) ORDER BY place`;
  return rows.map(({ matches, scanned, matched, ...read }) => ({
    row: Object.fromEntries(names.map(([name, column]) => [name, read[column]])) as Row,
    matches: matches === true,
    scanned: Number(scanned),
    matched: Number(matched),
  }));
}

/**
 * The statement that reads the next rows of a selection, in the order of the list, with its columns and `matches`.
 *
 * @param last the row to go on after
 * @param size the number of rows; so many are read in each range, of which there is at least one
 */
export function windowSql<Row extends Place, Place>(
  { table, columns, orderBy, after }: ScanOrder<Row, Place>,
  { table: source = table, ranges, filter }: ScanSelection,
  last: Place | undefined,
  size: number,
): Prisma.Sql {
  const wanted = Prisma.raw(
    Object.values<string>(columns)
      .map((column) => `"${column}"`)
      .join(', '),
  );
  const begin = last === undefined ? Prisma.sql`true` : after(last);
  const windows = ranges.map(
    (range) => Prisma.sql`(
      SELECT ${wanted}, (${filter}) AS matches FROM ${source} WHERE ${range} AND ${begin}
      ORDER BY ${orderBy} LIMIT ${size})`,
  );
  return Prisma.sql`
    SELECT * FROM (${Prisma.join(windows, ' UNION ALL ')}) AS ranges ORDER BY ${orderBy} LIMIT ${size}`;
}

/**
 * Makes a page from its rows plus, if there is one, the first row of the next page: callers read one row
 * more than the page size to know whether there is a next page.
 *
 * @returns `last` is the row that the next page starts after; undefined on the last page
 */
export function toPage<R>(rows: readonly R[], size: number): { page: R[]; last: R | undefined } {
  const page = rows.slice(0, size);
  return { page, last: rows.length > size ? page.at(-1) : undefined };
}
