import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database, Transaction } from '../../../src/database/database.ts';
import { openDatabase } from '../../../src/database/open-database.ts';
import { Prisma } from '../../../src/generated/prisma/client.ts';
import { suspectsNaming } from '../../../src/inbound/keep-suspects.ts';
import { createLogger } from '../../../src/monitoring/logger.ts';
import { createTestDatabase } from '../../support/test-database.ts';

const SUSPECTS = 2500;
const MAX_ROWS_READ = 1000;

let files: Awaited<ReturnType<typeof createTestDatabase>>;
let database: Database;
beforeAll(async () => {
  files = await createTestDatabase();
  database = await openDatabase(files, createLogger('silent'));
  // Every fourth message is suspect, of four senders in turn; the last of each hundred suspects is deleted.
  await database.prisma.$executeRaw`
    INSERT INTO message (sid, account_sid, "from", "to", body, source, params, received_at, suspect, deleted_at)
    SELECT 'MM' || lpad(n::text, 32, '0'), 'AC1', '', '', '', 'webhook',
      jsonb_build_object('Fro', 'm+1415555000' || (n / 4) % 4), now() - n * interval '1 minute',
      CASE WHEN n % 4 = 0 THEN 'no-message-sid' END, CASE WHEN n % 400 = 0 THEN now() END
    FROM generate_series(1, ${4 * SUSPECTS}::int) n`;
  await database.prisma.$executeRaw`ANALYZE message`;
});
afterAll(async () => {
  await database.close();
  await files.remove();
});

const sidOf = (n: number) => `MM${String(n).padStart(32, '0')}`;

test('suspect messages are read in windows of their own index', async () => {
  const { prisma } = database;
  const windows: number[] = [];
  const plans: string[] = [];
  const $queryRaw = async (strings: TemplateStringsArray, ...values: unknown[]) => {
    const statement = new Prisma.Sql([...strings], values);
    const plan = await prisma.$queryRaw<{ 'QUERY PLAN': string }[]>`EXPLAIN ${statement}`;
    plans.push(plan.map((line) => line['QUERY PLAN']).join('\n'));
    const rows = await prisma.$queryRaw<unknown[]>(statement);
    windows.push(rows.length);
    return rows;
  };
  const db = { $queryRaw } as unknown as Pick<Transaction, '$queryRaw'>;
  const naming = await suspectsNaming(db, '+14155550001');
  const expected = [...Array(4 * SUSPECTS + 1).keys()].filter(
    (n) => n > 0 && n % 4 === 0 && (n / 4) % 4 === 1 && n % 400 !== 0,
  );
  expect(naming).toEqual(expected.map(sidOf));
  expect(windows.length).toBeGreaterThanOrEqual(SUSPECTS / MAX_ROWS_READ);
  expect(Math.max(...windows)).toBeLessThanOrEqual(MAX_ROWS_READ);
  for (const plan of plans) {
    expect(plan).toContain('message_suspect_idx');
    expect(plan).not.toContain('Seq Scan');
  }
});

test('in a transaction, too, and of any channel', async () => {
  const naming = await database.prisma.$transaction((tx) =>
    suspectsNaming(tx, 'whatsapp:+14155550003'),
  );
  expect(naming).toContain(sidOf(12));
  expect(naming).toHaveLength(SUSPECTS / 4);
});
