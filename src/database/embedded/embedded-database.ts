import { PrismaPg } from '@prisma/adapter-pg';
import type pg from 'pg';
import type { ConstructorOptions } from 'pg-boss';
import type { Logger } from 'pino';
import { requireRoom } from '../../files/disk-space.ts';
import { PrismaClient } from '../../generated/prisma/client.ts';
import { watchSession } from '../busy-state.ts';
import { createDatabaseOutage, type Database, TX_TIMEOUTS } from '../database.ts';
import { readListsFrom } from '../list-reads.ts';
import { applyMigrations } from '../migrations/apply-migrations.ts';
import { createStatementNames } from '../statement-names.ts';
import { createDatabase } from './create-database.ts';
import { hasDatabase, lockDataFolder } from './data-folder.ts';
import { embeddedFolder } from './durable-pglite.ts';
import { createEmbeddedPool } from './embedded-pool.ts';
import { purgeFiles } from './embedded-purge.ts';
import { createSnapshots, removeSnapshots } from './embedded-snapshot.ts';
import { type EmbeddedThread, openEmbeddedThread } from './embedded-thread.ts';
import { startUpkeep } from './embedded-upkeep.ts';
import { requireNoRestore } from './unfinished-restore.ts';

// With less it could not store a message, although it still answers queries.
const MIN_FREE_BYTES = 1024 ** 2;

/**
 * PostgreSQL in a thread of this process (PGlite), in the data folder. Only one process can use it at a time.
 *
 * @param dataDir absolute; created when missing
 * @param onDeath called when it has died: the process has to exit immediately, because any further statement
 *   would hang
 * @throws AppError `data_folder_in_use`; Error when commits do not reach the disk
 */
export async function openEmbeddedDatabase(
  dataDir: string,
  log: Logger,
  onDeath: (error: unknown) => void,
): Promise<Database> {
  const lock = await lockDataFolder(dataDir);
  let thread: EmbeddedThread | undefined;
  try {
    await requireNoRestore(dataDir);
    await removeSnapshots(dataDir);
    const folder = embeddedFolder(dataDir);
    if (!(await hasDatabase(folder))) {
      log.info('creating the embedded database, which takes some seconds');
      await createDatabase(folder, lock);
    }
    thread = await openEmbeddedThread(folder);
    const { close } = thread;
    let isOpen = false;
    const session = watchSession(thread, (ms) => {
      // Only `debug` during startup, which has long statements and accepts no webhooks yet.
      const level = isOpen ? 'info' : 'debug';
      log[level](
        { ms },
        'one statement or snapshot kept the database busy: webhooks that arrived meanwhile are spooled',
      );
    });
    const pool = createEmbeddedPool(session, onDeath);
    await applyMigrations(pool, log);
    const endUpkeep = startUpkeep({ pool, folder: dataDir, log });
    const snapshots = createSnapshots({ pool, occupy: session.occupy, dataDir });
    const nameOf = createStatementNames();
    const prisma = new PrismaClient({
      adapter: new PrismaPg(pool, { statementNameGenerator: ({ sql }) => nameOf(sql) }),
      transactionOptions: TX_TIMEOUTS,
    });
    isOpen = true;
    return {
      kind: 'embedded',
      prisma,
      lists: readListsFrom(prisma),
      queueConnection: { db: queueDatabase(pool), backend: 'pglite' },
      purge: (signal) =>
        snapshots.purge(signal, () => purgeFiles({ pool, folder: dataDir, signal })),
      takeSnapshot: snapshots.take,
      busy: session.busy,
      outage: createDatabaseOutage(log),
      // No other process can use the database.
      holdLock: async () => ({ release: async () => undefined }),
      async ping() {
        await requireRoom(dataDir, MIN_FREE_BYTES);
        await pool.query('SELECT 1');
      },
      async close() {
        await endUpkeep();
        await prisma.$disconnect();
        await pool.end();
        try {
          await close();
          // Whoever has a whole backup may stop this before its copy of the database is removed.
          await removeSnapshots(dataDir);
        } finally {
          await lock.release();
        }
      },
    };
  } catch (error) {
    await thread?.close().catch(() => undefined);
    await lock.release();
    throw error;
  }
}

/** Runs the queue's statements, LISTEN included, on the pool's single connection. */
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
      // The pool may have connected before the `connect` handler above was added: force a new connection.
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
