import { createHash } from 'node:crypto';
import type pg from 'pg';
import { type ComparedRow, compareRows } from './compare-rows.ts';
import type { MovedTable } from './moved-tables.ts';

/** The connections of a move: a transaction that reads the source, one that reads the target, one that writes there. */
export interface MoveConnections {
  source: pg.ClientBase;
  target: pg.ClientBase;
  writer: pg.ClientBase;
}

/** One table on both sides. */
export interface TableReport {
  name: string;
  /** At the source. */
  rows: number;
  /** SHA-256 of all rows of each side, in the order of their keys. */
  source: string;
  target: string;
  /** Of the first rows that differ, by their keys. */
  differences: string[];
}

const BATCH_ROWS = 500;
const BATCH_BYTES = 4 * 1024 ** 2;
const NAMED_DIFFERENCES = 5;

/**
 * Makes the rows of a table at the target those of the source. What differs is removed first and then inserted, not
 * updated: a unique value may have gone from one row to another one. It can be interrupted and repeated.
 *
 * @param advance called with the number of rows that have been looked at
 */
export async function copyRows(
  connections: MoveConnections,
  table: MovedTable,
  advance: (rows: number) => void,
): Promise<void> {
  const { source, writer } = connections;
  const { rows } = await writer.query(`SELECT EXISTS (SELECT FROM ${table.name}) AS "isFilled"`);
  if (rows[0].isFilled) {
    const gone = batches(compare(connections, table), ({ kind }) => /changed|extra/.test(kind));
    for await (const keys of gone) await removeRows(writer, table, keys);
  }
  const missing = batches(compare(connections, table, advance), ({ kind }) => kind === 'missing');
  for await (const keys of missing) await insertRows(source, writer, table, keys);
}

/** Compares all rows of a table on both sides. */
export async function verifyRows(
  connections: MoveConnections,
  table: MovedTable,
  advance: (rows: number) => void,
): Promise<TableReport> {
  const hashes = { source: createHash('sha256'), target: createHash('sha256') };
  const report = { name: table.name, rows: 0, differences: [] as string[] };
  for await (const row of compare(connections, table, advance)) {
    if (row.source !== null) report.rows += 1;
    hashes.source.update(row.source ?? '');
    hashes.target.update(row.target ?? '');
    if (row.kind !== 'same' && report.differences.length < NAMED_DIFFERENCES) {
      report.differences.push(`${row.kind} at the target: ${row.key.join(' ')}`);
    }
  }
  return {
    ...report,
    source: hashes.source.digest('hex'),
    target: hashes.target.digest('hex'),
  };
}

/** A comparison that sees what was written at the target before it begins. */
async function* compare(
  { source, target }: MoveConnections,
  table: MovedTable,
  advance: (rows: number) => void = () => undefined,
): AsyncGenerator<ComparedRow> {
  await target.query('BEGIN READ ONLY');
  for await (const row of compareRows(source, target, table)) {
    if (row.source !== null) advance(1);
    yield row;
  }
  await target.query('COMMIT');
}

/** The keys of the chosen rows, in batches of a bounded size. */
async function* batches(
  rows: AsyncIterable<ComparedRow>,
  isChosen: (row: ComparedRow) => boolean,
): AsyncGenerator<(readonly string[])[]> {
  let keys: (readonly string[])[] = [];
  let bytes = 0;
  for await (const row of rows) {
    if (!isChosen(row)) continue;
    keys.push(row.key);
    bytes += row.bytes;
    if (keys.length < BATCH_ROWS && bytes < BATCH_BYTES) continue;
    yield keys;
    [keys, bytes] = [[], 0];
  }
  if (keys.length > 0) yield keys;
}

async function removeRows(
  writer: pg.ClientBase,
  table: MovedTable,
  keys: readonly (readonly string[])[],
): Promise<void> {
  const { list, join } = byKeys(table);
  await writer.query(`DELETE FROM ${table.name} AS moved USING ${list} WHERE ${join}`, [
    ...columnsOf(keys, table.key.length),
  ]);
}

/** Values travel as text, in the form that PostgreSQL itself reads and writes: it is exact for every type. */
async function insertRows(
  source: pg.ClientBase,
  writer: pg.ClientBase,
  table: MovedTable,
  keys: readonly (readonly string[])[],
): Promise<void> {
  const { list, join } = byKeys(table);
  const { columns } = table;
  const { rows } = await source.query<(string | null)[]>({
    text: `SELECT ${columns.map(({ value, type }) => `(${value})::${type}::text`)}
      FROM ${table.name} AS moved JOIN ${list} ON ${join}`,
    values: columnsOf(keys, table.key.length),
    rowMode: 'array',
  });
  await writer.query(
    `INSERT INTO ${table.name} (${columns.map(({ name }) => name)})
    SELECT ${columns.map(({ type }, index) => `c${index}::${type}`)}
    FROM unnest(${columns.map((_, index) => `$${index + 1}::text[]`)})
      AS moved (${columns.map((_, index) => `c${index}`)})`,
    columnsOf(rows, columns.length),
  );
}

function byKeys({ key }: MovedTable): { list: string; join: string } {
  const parameters = key.map((_, index) => `$${index + 1}::text[]`);
  const names = key.map((_, index) => `key${index}`);
  return {
    list: `unnest(${parameters}) AS keys (${names})`,
    join: key
      .map(({ name, type }, index) => `moved.${name} = keys.key${index}::${type}`)
      .join(' AND '),
  };
}

/** Rows as one array for each column. */
function columnsOf<T>(rows: readonly (readonly T[])[], count: number): T[][] {
  return Array.from({ length: count }, (_, index) => rows.map((row) => row[index] as T));
}
