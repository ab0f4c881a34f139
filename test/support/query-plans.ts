import pg from 'pg';
import { expect, vi } from 'vitest';

interface Sent {
  client: pg.Client;
  text: string;
  values: unknown[];
}

/** The statements that were sent, with the connection that sent them. */
export interface RecordedStatements {
  /** Statements since the last call. */
  take(): Sent[];
  stop(): void;
}

const { query } = pg.Client.prototype;

/** Records every statement of this process from now on; each runs as usual. */
export function recordStatements(): RecordedStatements {
  const sent: Sent[] = [];
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
export async function expectBoundedReads(sent: readonly Sent[], maxRows: number): Promise<void> {
  const statements = sent.filter(({ text }) =>
    /^\s*(SELECT|WITH|INSERT|UPDATE|DELETE)/i.test(text),
  );
  // Windows of one list share their SQL text, so one of each is enough.
  const kinds = new Map(statements.map((statement) => [statement.text, statement]));
  expect(kinds.size).toBeGreaterThan(0);
  for (const { client, text, values } of kinds.values()) {
    if (/pgboss/.test(text)) continue;
    const found = await explain(client, text, values);
    expect.soft({ text, ...found }).toMatchObject({ scanned: [] });
    expect.soft(found.read, text).toBeLessThanOrEqual(maxRows);
  }
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

/** Large tables that a statement scans, and how many rows it reads. */
async function explain(
  client: pg.Client,
  text: string,
  values: unknown[],
): Promise<{ scanned: string[]; read: number }> {
  const isRead = /^\s*(SELECT|WITH)/i.test(text) && !/\bINSERT|UPDATE|DELETE\b/.test(text);
  const options = isRead ? 'ANALYZE, FORMAT JSON' : 'FORMAT JSON';
  const { rows } = await Reflect.apply(query, client, [
    { text: `EXPLAIN (${options}) ${text}`, values },
  ]);
  const scanned: string[] = [];
  let read = 0;
  const visit = (plan: Plan): void => {
    const table = plan['Relation Name'];
    if (plan['Node Type'] === 'Seq Scan' && table !== undefined && LARGE.has(table)) {
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
    for (const part of plan.Plans ?? []) visit(part);
  };
  visit(rows[0]['QUERY PLAN'][0].Plan);
  return { scanned, read };
}

const LARGE = new Set([
  ...[
    'message',
    'media',
    'blob',
    'preview',
    'transcript',
    'audit_entry',
    'event',
    'event_delivery',
  ],
  ...['blocklist_entry', 'deletion', 'deletion_target', 'bulk_item', 'delayed_act'],
]);
