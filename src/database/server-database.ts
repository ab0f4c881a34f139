import { PrismaPg } from '@prisma/adapter-pg';
import pRetry from 'p-retry';
import pg from 'pg';
import { AppError } from '../errors/app-error.ts';
import { asError } from '../errors/caught.ts';
import { PrismaClient } from '../generated/prisma/client.ts';
import { NEVER_BUSY } from './busy-state.ts';
import {
  type Database,
  type DatabaseOutage,
  PERSONAL_TABLES,
  type SessionLock,
  TX_TIMEOUTS,
} from './database.ts';
import { applyMigrations } from './migrations/apply-migrations.ts';
import { isConnectionLost, isUnreachable, ServerClient } from './server-client.ts';
import { createStatementNames } from './statement-names.ts';

const CONNECTIONS = 10;
const QUEUE_CONNECTIONS = 4;
// Detects half-open connections (a firewall, a crashed machine): while idle by TCP keepalive, in use by the
// query timeout, which no statement reaches otherwise. Then another connection is opened.
const WATCHED = { keepAlive: true, keepAliveInitialDelayMillis: 10_000, query_timeout: 60_000 };
// Retries when the server ends the connection at startup; every migration is atomic.
const MIGRATION_RETRY = { retries: 5, minTimeout: 200, maxTimeout: 2000 };
const PURGE_MS = 6 * 3_600_000;

/**
 * A PostgreSQL server.
 *
 * @param outage notified of connections that broke while idle, and of the results of `ping`
 */
export async function openServerDatabase(
  connectionString: string,
  outage: DatabaseOutage,
): Promise<Database> {
  const pool = new pg.Pool({
    ...WATCHED,
    Client: ServerClient,
    connectionString,
    max: CONNECTIONS,
    connectionTimeoutMillis: 10_000,
    application_name: 'mms-inbox',
    // A 200 promises durability, so asynchronous commits in the server's configuration are overridden.
    options: '-c synchronous_commit=on',
  });
  pool.on('error', ({ message }) => outage.pool.failed(message));
  try {
    await migrate(connectionString);
  } catch (cause) {
    await pool.end();
    const { message } = asError(cause);
    throw new AppError('unavailable', `The database of DATABASE_URL cannot be used: ${message}`, {
      cause,
    });
  }
  const nameOf = createStatementNames();
  const prisma = new PrismaClient({
    adapter: new PrismaPg(pool, { statementNameGenerator: ({ sql }) => nameOf(sql) }),
    transactionOptions: TX_TIMEOUTS,
  });
  return {
    kind: 'server',
    prisma,
    queueConnection: {
      ...WATCHED,
      Client: ServerClient,
      connectionString,
      max: QUEUE_CONNECTIONS,
      application_name: 'mms-inbox-queue',
    },
    async purge() {
      const vacuum = {
        text: `VACUUM (ANALYZE) ${PERSONAL_TABLES.join(', ')}`,
        query_timeout: PURGE_MS,
      };
      await pool.query(vacuum);
    },
    busy: NEVER_BUSY,
    outage,
    holdLock: (name, onLost) => holdSessionLock(connectionString, name, onLost),
    async ping() {
      try {
        await pool.query('SELECT 1');
      } catch (error) {
        if (isUnreachable(error)) outage.pool.failed(asError(error).message);
        throw error;
      }
      outage.pool.answered();
    },
    async close() {
      await prisma.$disconnect();
      await pool.end();
    },
  };
}

/** Migrates on a separate connection that is closed, because the engine leaves an advisory lock on it. */
async function migrate(connectionString: string): Promise<void> {
  const pool = new pg.Pool({
    Client: ServerClient,
    connectionString,
    max: 1,
    connectionTimeoutMillis: 10_000,
    application_name: 'mms-inbox-migrations',
  });
  pool.on('error', () => undefined);
  try {
    await pRetry(() => applyMigrations(pool), {
      ...MIGRATION_RETRY,
      shouldRetry: ({ error }) => isConnectionLost(error),
    });
  } finally {
    await pool.end();
  }
}

// The server detects a crashed client machine after a minute and a half, not after the two hours that are the
// default of operating systems.
const KEEPALIVES =
  '-c tcp_keepalives_idle=60 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3';

/**
 * Takes a lock on a dedicated connection. The server releases it immediately when the process ends in any
 * way.
 *
 * @param onLost called once when the connection breaks
 */
async function holdSessionLock(
  connectionString: string,
  name: string,
  onLost: () => void,
): Promise<SessionLock> {
  const client = new ServerClient({
    connectionString,
    connectionTimeoutMillis: 10_000,
    application_name: 'mms-inbox-lock',
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    query_timeout: 10_000,
    options: KEEPALIVES,
  });
  try {
    await client.connect();
    await client.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [name]);
  } catch (error) {
    void client.end().catch(() => undefined);
    throw error;
  }
  let isReleased = false;
  client.once('end', () => {
    if (!isReleased) onLost();
  });
  return {
    async release() {
      isReleased = true;
      await client.end().catch(() => undefined);
    },
  };
}
