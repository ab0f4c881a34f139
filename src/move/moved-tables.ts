import type pg from 'pg';
import { AppError } from '../errors/app-error.ts';
import { JOBS } from '../jobs/job-list.ts';

/** A column, with its type as `format_type` names it. */
interface Column {
  name: string;
  type: string;
  /** What of a row of the source is its value at the target, in SQL. */
  value: string;
}

/** A table that is moved, and how its rows are read at the source. */
export interface MovedTable {
  /** With its schema, quoted. */
  name: string;
  columns: readonly Column[];
  /** The columns of the primary key. */
  key: readonly Column[];
  /** Which rows are moved, in SQL. */
  filter: string;
}

/** What else than the value of a column arrives at the target, in SQL, by table and column. */
export type ChangedColumns = Readonly<Record<string, Readonly<Record<string, string>>>>;

// Of pg-boss only its jobs: its other tables are made by its start, and their content is statistics. What has
// ended stays. The tests of the embedded database's own durability are no data.
const TABLES = `
  SELECT c.oid, quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p') AND (
    n.nspname = 'public' AND NOT c.relispartition
      AND c.relname NOT IN ('_prisma_migrations', 'durability_check')
    OR n.nspname = 'pgboss' AND c.relname = 'job'
  )`;

const COLUMNS = `
  SELECT t.name AS table, a.attname AS column, format_type(a.atttypid, a.atttypmod) AS type,
    array_position(i.indkey::int2[], a.attnum) AS place
  FROM (${TABLES}) AS t
  JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
  LEFT JOIN pg_index i ON i.indrelid = t.oid AND i.indisprimary
  ORDER BY t.name COLLATE "C", a.attname COLLATE "C"`;

const JOB_TABLE = 'pgboss.job';
const NAMES = Object.keys(JOBS)
  .map((name) => `'${name}'`)
  .join(', ');
const JOBS_TO_MOVE = `state < 'completed' AND name IN (${NAMES})`;

interface ColumnRow {
  table: string;
  column: string;
  type: string;
  /** In the primary key; null outside of it. */
  place: number | null;
}

/**
 * The tables that the target has, which are those of this version; others of the source are not of mms-inbox.
 *
 * @returns also the names of those others
 * @throws AppError `conflict` when they are different at the source
 */
export async function readTables(
  source: pg.ClientBase,
  target: pg.ClientBase,
  changed: ChangedColumns,
): Promise<{ tables: MovedTable[]; others: string[] }> {
  const [here, rows] = await Promise.all([readColumns(source), readColumns(target)]);
  const describe = ({ table, column, type }: ColumnRow) => `${table}.${column} ${type}`;
  const tables = Map.groupBy(rows, ({ table }) => table);
  const ours = here.filter(({ table }) => tables.has(table));
  const [one, other] = [ours.map(describe), rows.map(describe)];
  const different = [
    ...one.filter((column) => !other.includes(column)),
    ...other.filter((column) => !one.includes(column)),
  ];
  if (different.length > 0) {
    throw new AppError(
      'conflict',
      `Source and target have different tables: only one of them has ${different[0]}. Start the server of this ` +
        'version once on the source, and begin again with a new, empty database.',
    );
  }
  const others = here.map(({ table }) => table).filter((table) => !tables.has(table));
  return {
    tables: [...tables].map(([name, columns]) => tableOf(name, columns, changed[name] ?? {})),
    others: [...new Set(others)],
  };
}

async function readColumns(client: pg.ClientBase): Promise<ColumnRow[]> {
  const { rows } = await client.query<ColumnRow>(COLUMNS);
  return rows;
}

function tableOf(
  name: string,
  rows: readonly ColumnRow[],
  changed: Readonly<Record<string, string>>,
): MovedTable {
  const columnOf = ({ column, type }: ColumnRow): Column => {
    const quoted = `"${column.replaceAll('"', '""')}"`;
    return { name: quoted, type, value: changed[column] ?? quoted };
  };
  const key = rows
    .filter(({ place }) => place !== null)
    .sort((a, b) => Number(a.place) - Number(b.place))
    .map(columnOf);
  if (key.length === 0) throw new Error(`the table ${name} has no primary key`);
  return {
    name,
    columns: rows.map(columnOf),
    key,
    filter: name === JOB_TABLE ? JOBS_TO_MOVE : 'true',
  };
}
