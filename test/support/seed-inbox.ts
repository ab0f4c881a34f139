import pg from 'pg';
import type { Database, Transaction } from '../../src/database/database.ts';
import { createPgBossQueue } from '../../src/jobs/pg-boss-queue.ts';
import { createLogger } from '../../src/monitoring/logger.ts';
import { seededRows } from './seed-rows.ts';

/** Rows of one transaction. */
const SLICE = 100_000;
const SLICE_TIMEOUT_MS = 600_000;

/**
 * Fills a database with messages of one stored attachment each, as after years of use: few failed, held or
 * quarantined, few videos, one PDF in the oldest message; a tenth are sounds, each with a transcript of a minute.
 * Also an audit log, a blocklist, events with deliveries, deletions, acts, a bulk action and jobs. Files are not
 * written. Continues where an earlier call was interrupted, and does nothing to a database that is complete.
 *
 * @param rows messages, at least 1,000
 * @param onSlice called after each transaction with what was written
 * @throws Error when the database was seeded with another number of rows
 */
export async function seedInbox(
  database: Database,
  rows: number,
  onSlice: (done: string) => void = () => undefined,
): Promise<void> {
  const { prisma } = database;
  await createQueueTables(database);
  await prisma.$executeRaw`CREATE TABLE IF NOT EXISTS seed_progress (step int PRIMARY KEY, rows bigint, upto bigint)`;
  const steps = seededRows(rows);
  const tables = [...new Set(steps.map(({ table }) => table))];
  await expectSameRows(prisma, rows);
  for (const [step, { table, amount, insert }] of steps.entries()) {
    for (let from = (await writtenUpTo(prisma, step)) + 1; from <= amount; from += SLICE) {
      const to = Math.min(from + SLICE - 1, amount);
      await prisma.$transaction(
        async (tx) => {
          // The rows satisfy the foreign keys by construction, so the checks are skipped.
          await tx.$executeRaw`SET LOCAL session_replication_role = replica`;
          await tx.$executeRaw`SET LOCAL synchronous_commit = off`;
          await stopIndexing(tx, tables);
          await tx.$executeRawUnsafe(insert(from, to));
          await tx.$executeRaw`
            INSERT INTO seed_progress VALUES (${step}, ${rows}, ${to})
            ON CONFLICT (step) DO UPDATE SET upto = excluded.upto`;
        },
        { maxWait: SLICE_TIMEOUT_MS, timeout: SLICE_TIMEOUT_MS },
      );
      onSlice(`${table}: ${to} of ${amount}`);
    }
  }
  await buildIndexes(database, onSlice);
  await prisma.$executeRawUnsafe(
    `SELECT setval(pg_get_serial_sequence('deletion', 'id'), ${Math.floor(rows / 10)})`,
  );
  if ((await writtenUpTo(prisma, steps.length)) === 0) {
    await runLong(database, `VACUUM ANALYZE ${tables.join(', ')}`);
    await prisma.$executeRaw`INSERT INTO seed_progress VALUES (${steps.length}, ${rows}, 1)`;
  }
}

type Prisma = Database['prisma'];

async function createQueueTables(database: Database): Promise<void> {
  const queue = createPgBossQueue(database, createLogger('error'));
  await queue.start();
  await queue.stop();
}

/** The last number whose row of a step is written. */
async function writtenUpTo(prisma: Prisma, step: number): Promise<number> {
  const found = await prisma.$queryRaw<{ upto: number }[]>`
    SELECT upto::float8 AS upto FROM seed_progress WHERE step = ${step}`;
  return found[0]?.upto ?? 0;
}

async function expectSameRows(prisma: Prisma, rows: number): Promise<void> {
  const others = await prisma.$queryRaw<{ rows: number }[]>`
    SELECT rows::float8 AS rows FROM seed_progress WHERE rows <> ${rows} LIMIT 1`;
  const [other] = others;
  if (other !== undefined) throw new Error(`the database was seeded with ${other.rows} messages`);
}

/**
 * Rows that are written from now on are in no index, and no index is used, until `buildIndexes`. In the catalog,
 * because that holds for primary keys, too, and an interrupted call leaves nothing to remember.
 */
async function stopIndexing(tx: Transaction, tables: string[]): Promise<void> {
  await tx.$executeRaw`
    UPDATE pg_index SET indisready = false, indisvalid = false
    WHERE indisready AND indrelid = ANY (${tables}::regclass[])`;
}

async function buildIndexes(database: Database, onSlice: (done: string) => void): Promise<void> {
  const left = await database.prisma.$queryRaw<{ name: string }[]>`
    SELECT indexrelid::regclass::text AS name FROM pg_index WHERE NOT indisready ORDER BY indrelid, indexrelid`;
  for (const { name } of left) {
    await runLong(database, `REINDEX INDEX ${name}`);
    onSlice(`index ${name}`);
  }
}

/** Runs a statement that may take longer than the minute after which the server's pool gives up. */
async function runLong({ kind, prisma, queueConnection }: Database, sql: string): Promise<void> {
  if (kind === 'embedded') {
    await prisma.$executeRawUnsafe(sql);
    return;
  }
  const client = new pg.Client({ connectionString: queueConnection.connectionString });
  await client.connect();
  try {
    await client.query("SET maintenance_work_mem = '512MB'");
    await client.query(sql);
  } finally {
    await client.end();
  }
}
