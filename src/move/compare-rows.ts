import type pg from 'pg';
import type { MovedTable } from './moved-tables.ts';

/** A row of either side or of both, by its key. */
export interface ComparedRow {
  kind: 'same' | 'changed' | 'missing' | 'extra';
  /** The values of the primary key as text. */
  key: readonly string[];
  /** The length of the row as text; of the source unless the row is `extra`. */
  bytes: number;
  /** SHA-256 of the row as text, base64; null where there is none. */
  source: string | null;
  target: string | null;
}

interface Scanned {
  key: string[];
  hash: string;
  bytes: number;
}

const WINDOW = 2000;

/**
 * Compares the rows of a table by their hashes, in the order of their keys. Both connections have a transaction open,
 * and each has one such comparison at a time. Only keys and hashes are read, some at a time.
 */
export async function* compareRows(
  source: pg.ClientBase,
  target: pg.ClientBase,
  table: MovedTable,
): AsyncGenerator<ComparedRow> {
  const ours = scan(source, table, ({ value }) => value);
  const theirs = scan(target, table, ({ name }) => name);
  let [one, other] = [await next(ours), await next(theirs)];
  while (one !== undefined || other !== undefined) {
    const order = orderOf(one, other);
    yield pairOf(order <= 0 ? one : undefined, order >= 0 ? other : undefined);
    if (order <= 0) one = await next(ours);
    if (order >= 0) other = await next(theirs);
  }
}

/** The rows of one side, in the order of the bytes of their keys, which is the same in databases of any collation. */
async function* scan(
  client: pg.ClientBase,
  { name, columns, key, filter }: MovedTable,
  readAs: (column: MovedTable['columns'][number]) => string,
): AsyncGenerator<Scanned> {
  const row = `ROW(${columns.map((column) => `(${readAs(column)})::${column.type}`).join(', ')})::text`;
  const keys = key.map((_, index) => `key${index} COLLATE "C"`).join(', ');
  await client.query(`
    DECLARE move_rows NO SCROLL CURSOR FOR
    SELECT ${key.map((_, index) => `key${index}`)},
      encode(sha256(convert_to(line, 'UTF8')), 'base64'), octet_length(line)
    FROM (
      SELECT ${key.map((column, index) => `${column.name}::text AS key${index}`)}, ${row} AS line
      FROM ${name} WHERE ${filter}
    ) AS moved ORDER BY ${keys}`);
  const fetch = { text: `FETCH ${WINDOW} FROM move_rows`, rowMode: 'array' as const };
  for (;;) {
    const { rows } = await client.query<[...string[], number]>(fetch);
    for (const values of rows) {
      const [hash, bytes] = values.splice(key.length) as [string, number];
      yield { key: values as string[], hash, bytes };
    }
    if (rows.length < WINDOW) break;
  }
  await client.query('CLOSE move_rows');
}

async function next(rows: AsyncGenerator<Scanned>): Promise<Scanned | undefined> {
  const { value, done } = await rows.next();
  return done ? undefined : value;
}

function pairOf(source: Scanned | undefined, target: Scanned | undefined): ComparedRow {
  const { key, bytes } = (source ?? target) as Scanned;
  const hashes = { source: source?.hash ?? null, target: target?.hash ?? null };
  if (source === undefined) return { kind: 'extra', key, bytes, ...hashes };
  if (target === undefined) return { kind: 'missing', key, bytes, ...hashes };
  return { kind: source.hash === target.hash ? 'same' : 'changed', key, bytes, ...hashes };
}

/** Negative when `one` comes first, positive when `other` does; what is not there comes last. */
function orderOf(one: Scanned | undefined, other: Scanned | undefined): number {
  if (one === undefined) return 1;
  if (other === undefined) return -1;
  for (const [index, text] of one.key.entries()) {
    const against = other.key[index] ?? '';
    if (text !== against) return Buffer.compare(Buffer.from(text), Buffer.from(against));
  }
  return 0;
}
