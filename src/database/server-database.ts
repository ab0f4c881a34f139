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
// A connection that was cut off without a word (a firewall, a machine that vanished) is noticed: while
// idle by the operating system, in use because no statement takes so long. Then another one is opened.
const WATCHED = { keepAlive: true, keepAliveInitialDelayMillis: 10_000, query_timeout: 60_000 };
// What a start does when the server ends its connection; every migration is whole or not there.
const AGAIN = { retries: 5, minTimeout: 200, maxTimeout: 2000 };
const PURGE_MS = 6 * 3_600_000;

/**
 * A PostgreSQL server.
 *
 * @param outage told of connections that broke while idle, and of what `ping` finds
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
    // An operator's habit of asynchronous commits must not reach the promise behind a 200.
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

/** On a connection of its own, which ends: the engine leaves an advisory lock behind on it. */
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
      ...AGAIN,
      shouldRetry: ({ error }) => isConnectionLost(error),
    });
  } finally {
    await pool.end();
  }
}

// A machine that vanished without a word is noticed by the server after a minute and a half, not after
// the two hours that operating systems wait.
const KEEPALIVES =
  '-c tcp_keepalives_idle=60 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3';

/**
 * Takes a lock on a connection of its own. The server lets go of it the moment the process ends, however
 * it does.
 *
 * @param onLost told once when the connection breaks
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
