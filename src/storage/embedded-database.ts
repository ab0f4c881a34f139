import { PrismaPg } from '@prisma/adapter-pg';
import type pg from 'pg';
import type { ConstructorOptions } from 'pg-boss';
import type { Logger } from 'pino';
import { PrismaClient } from '../generated/prisma/client.ts';
import { lockDataFolder } from './data-folder-lock.ts';
import { type Database, PATIENCE, PERSONAL_TABLES } from './database.ts';
import { requireRoom } from './disk-room.ts';
import { embeddedFolder, openDurablePglite } from './durable-pglite.ts';
import { createEmbeddedPool } from './embedded-pool.ts';
import { startUpkeep } from './embedded-upkeep.ts';
import { applyMigrations } from './migrations/apply-migrations.ts';
import { createStatementNames } from './statement-names.ts';

// With less it could not take a message, however well it answers.
const LEAST_FREE_BYTES = 1024 ** 2;

/**
 * PostgreSQL in this process (PGlite), under the data folder. One process at a time.
 *
 * @param dataDir absolute; made when missing
 * @param onDeath told when it has died: the process has to end at once, any further statement would hang it
 * @throws AppError `data_folder_in_use`; Error when commits do not reach the disk
 */
export async function openEmbeddedDatabase(
  dataDir: string,
  log: Logger,
  onDeath: (error: unknown) => void,
): Promise<Database & { syncCount(): number }> {
  const lock = await lockDataFolder(dataDir);
  try {
    const durable = await openDurablePglite(embeddedFolder(dataDir));
    const pool = createEmbeddedPool(durable.pglite, onDeath);
    await applyMigrations(pool);
    const endUpkeep = startUpkeep(pool, dataDir, log);
    const nameOf = createStatementNames();
    const prisma = new PrismaClient({
      adapter: new PrismaPg(pool, { statementNameGenerator: ({ sql }) => nameOf(sql) }),
      transactionOptions: PATIENCE,
    });
    return {
      kind: 'embedded',
      prisma,
      queueConnection: { db: queueDatabase(pool), backend: 'pglite' },
      syncCount: durable.syncCount,
      purge: () => purgeFiles(pool),
      // There is no other process that could ask.
      holdLock: async () => ({ release: async () => undefined }),
      async ping() {
        await requireRoom(dataDir, LEAST_FREE_BYTES);
        await pool.query('SELECT 1');
      },
      async close() {
        await endUpkeep();
        await prisma.$disconnect();
        await pool.end();
        await durable.close().finally(lock.release);
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

// Of an empty table ANALYZE leaves the old ones.
const FORGET_STATISTICS = `
  WITH personal AS (SELECT unnest('{${PERSONAL_TABLES}}'::regclass[]) AS relation)
  DELETE FROM pg_statistic WHERE starelid IN (
    SELECT relation FROM personal
    UNION SELECT indexrelid FROM pg_index JOIN personal ON relation = indrelid
  )`;

/**
 * Writes the tables anew, and what the planner has noted of common values, and lets the log, which has
 * the old rows, begin behind that.
 */
async function purgeFiles(pool: pg.Pool): Promise<void> {
  await pool.query(FORGET_STATISTICS);
  await pool.query(`VACUUM (FULL, ANALYZE) ${PERSONAL_TABLES}`);
  await pool.query('VACUUM FULL pg_statistic');
  // The first checkpoint may have begun before the switch: files are removed by the second.
  for (const statement of ['SELECT pg_switch_wal()', 'CHECKPOINT', 'CHECKPOINT']) {
    await pool.query(statement);
  }
}

/** The queue's port over the pool's one connection, with the notifications that arrive on it. */
function queueDatabase(pool: pg.Pool): NonNullable<ConstructorOptions['db']> {
  const nameOf = createStatementNames({ withLimits: true });
  const listeners = new Map<string, (payload: string) => void>();
  pool.on('connect', (client) => {
    client.on('notification', ({ channel, payload }) => listeners.get(channel)?.(payload ?? ''));
  });
  return {
    executeSql: (text, values) => pool.query({ name: nameOf(text), text, values: values ?? [] }),
    async listen(channel, onNotification, onReconnect) {
      listeners.set(channel, onNotification);
      const quoted = `"${channel.replaceAll('"', '""')}"`;
      // The pool may have opened its connection before anything listened: begin with a new one.
      const client = await pool.connect();
      client.release(true);
      await pool.query(`LISTEN ${quoted}`);
      onReconnect();
      return {
        async close() {
          listeners.delete(channel);
          await pool.query(`UNLISTEN ${quoted}`);
        },
      };
    },
  };
}
