import pg from 'pg';
import { expect, vi } from 'vitest';

/** A statement, and the connection that sent it. */
export interface SentStatement {
  client: pg.Client;
  text: string;
  values: unknown[];
}

/** The statements that were sent. */
export interface RecordedStatements {
  /** Statements since the last call. */
  take(): SentStatement[];
  stop(): void;
}

const { query } = pg.Client.prototype;

/** Records every statement of this process from now on; each runs as usual. */
export function recordStatements(): RecordedStatements {
  const sent: SentStatement[] = [];
  const spy = vi.spyOn(pg.Client.prototype, 'query').mockImplementation(function (
    this: pg.Client,
    ...parameters: unknown[]
  ) {
    const [config, values] = parameters as [string | pg.QueryConfig, unknown[] | undefined];
    const [text, own] =
      typeof config === 'string' ? [config, values] : [config.text, config.values];
    sent.push({ client: this, text, values: own ?? values ?? [] });
    return Reflect.apply(query, this, parameters);
  });
  return { take: () => sent.splice(0), stop: () => spy.mockRestore() };
}

/**
 * Fails for a statement that scans a whole large table, or reads more rows than allowed. Statements of the
 * queue's own schema are skipped.
 */
export async function expectBoundedReads(
  sent: readonly SentStatement[],
  maxRows: number,
): Promise<void> {
  const kinds = kindsOf(sent);
  expect(kinds.length).toBeGreaterThan(0);
  for (const { client, text, values } of kinds) {
    if (/pgboss/.test(text)) continue;
    const found = await explain(client, text, values, isReading(text));
    expect.soft({ text, ...found }).toMatchObject({ scanned: [] });
    expect.soft(found.read, text).toBeLessThanOrEqual(maxRows);
  }
}

/** A statement that reads more than it should. */
export interface UnboundedRead {
  text: string;
  /** Large tables of which it reads all. */
  scanned: string[];
  /** Rows that it reads, in tables and in indexes. */
  read: number;
}

/**
 * Explains statements that were sent before, those that write as well: they run, and are rolled back. One that does not
 * run again, such as an INSERT of a row that is there by now, is only planned.
 *
 * @param client nothing else uses it
 * @returns those that scan a whole large table, or read more rows than allowed
 */
export async function findUnboundedReads(
  client: pg.Client,
  sent: readonly SentStatement[],
  maxRows: number,
): Promise<UnboundedRead[]> {
  const found: UnboundedRead[] = [];
  for (const { text, values } of kindsOf(sent)) {
    if (/pgboss/.test(text)) continue;
    await send(client, 'BEGIN');
    const plan = await explain(client, text, values, true).catch(() => undefined);
    await send(client, 'ROLLBACK');
    const { scanned, read } = plan ?? (await explain(client, text, values, false));
    if (scanned.length > 0 || read > maxRows) found.push({ text, scanned, read });
  }
  return found;
}

/** One of each text: windows of one list share it. */
function kindsOf(sent: readonly SentStatement[]): SentStatement[] {
  const statements = sent.filter(({ text }) =>
    /^\s*(SELECT|WITH|INSERT|UPDATE|DELETE)/i.test(text),
  );
  return [...new Map(statements.map((statement) => [statement.text, statement])).values()];
}

function isReading(text: string): boolean {
  return /^\s*(SELECT|WITH)/i.test(text) && !/\b(INSERT|UPDATE|DELETE)\b/.test(text);
}

interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  'Rows Removed by Index Recheck'?: number;
  Plans?: Plan[];
}

/**
 * Large tables that a statement scans, and how many rows it reads.
 *
 * @param isRun whether it runs; otherwise it is only planned, and reads nothing
 */
async function explain(
  client: pg.Client,
  text: string,
  values: unknown[],
  isRun: boolean,
): Promise<{ scanned: string[]; read: number }> {
  const large = await largeTables(client);
  const scanned: string[] = [];
  let read = 0;
  for (const plan of await plansOf(client, text, values, isRun)) {
    const table = plan['Relation Name'];
    if (plan['Node Type'] === 'Seq Scan' && table !== undefined && large.has(table)) {
      scanned.push(table);
    }
    if (
      /Scan/.test(plan['Node Type']) &&
      (table !== undefined || /Bitmap/.test(plan['Node Type']))
    ) {
      const each =
        (plan['Actual Rows'] ?? 0) +
        (plan['Rows Removed by Filter'] ?? 0) +
        (plan['Rows Removed by Index Recheck'] ?? 0);
      read += each * (plan['Actual Loops'] ?? 0);
    }
  }
  return { scanned, read };
}

/** How often statements that only read look into a table. */
export async function countLookups(sent: readonly SentStatement[], table: string): Promise<number> {
  let lookups = 0;
  for (const { client, text, values } of kindsOf(sent)) {
    if (!isReading(text)) continue;
    const plans = await plansOf(client, text, values, true);
    const ofTable = plans.filter((plan) => plan['Relation Name'] === table);
    for (const plan of ofTable) lookups += plan['Actual Loops'];
  }
  return lookups;
}

/** The plan of a statement and all its parts. */
async function plansOf(
  client: pg.Client,
  text: string,
  values: unknown[],
  isRun: boolean,
): Promise<Plan[]> {
  const options = isRun ? 'ANALYZE, FORMAT JSON' : 'FORMAT JSON';
  const { rows } = await send(client, `EXPLAIN (${options}) ${text}`, values);
  const withParts = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(withParts)];
  return withParts(rows[0]['QUERY PLAN'][0].Plan);
}

/** A table is large when reading all of it takes longer than a request should. */
const LARGE_ROWS = 5000;
const known = new WeakMap<pg.Client, Promise<Set<string>>>();

/** By the statistics of the database, so that tables that are seeded later are among them. */
function largeTables(client: pg.Client): Promise<Set<string>> {
  const found =
    known.get(client) ??
    send(
      client,
      `SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples > ${LARGE_ROWS}`,
    ).then(({ rows }) => new Set(rows.map(({ relname }: { relname: string }) => relname)));
  known.set(client, found);
  return found;
}

/** Not recorded. */
function send(client: pg.Client, text: string, values: unknown[] = []): Promise<pg.QueryResult> {
  return Reflect.apply(query, client, [{ text, values }]);
}
