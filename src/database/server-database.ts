import { PrismaPg } from '@prisma/adapter-pg';
import pRetry from 'p-retry';
import pg from 'pg';
import type { Logger } from 'pino';
import { AppError } from '../errors/app-error.ts';
import { asError } from '../errors/caught.ts';
import { PrismaClient } from '../generated/prisma/client.ts';
import { NEVER_BUSY } from './busy-state.ts';
import {
  type Database,
  type DatabaseOutage,
  type ListReads,
  PERSONAL_TABLES,
  type SessionLock,
  TX_TIMEOUTS,
} from './database.ts';
import { createStandbyReads, type ListReadOutcome, readListsFrom } from './list-reads.ts';
import { applyMigrations } from './migrations/apply-migrations.ts';
import { isPooled, requireSessions, SESSION_OPTIONS, type ServerUrls } from './require-sessions.ts';
import { isConnectionLost, isUnreachable, ServerClient } from './server-client.ts';
import { createStatementNames } from './statement-names.ts';

const CONNECTIONS = 10;
const QUEUE_CONNECTIONS = 4;
// Detects half-open connections (a firewall, a crashed machine): while idle by TCP keepalive, in use by the
// query timeout, which no statement reaches otherwise. Then another connection is opened.
const WATCHED = { keepAlive: true, keepAliveInitialDelayMillis: 10_000, query_timeout: 60_000 };
// Retries when the server ends the connection at startup; every migration is atomic.
const START_RETRY = {
  retries: 5,
  minTimeout: 200,
  maxTimeout: 2000,
  shouldRetry: ({ error }: { error: Error }) => isConnectionLost(error),
};
const PURGE_MS = 6 * 3_600_000;

// No longer than lists wait for a standby that may be unreachable, and its statements read a window of a list each.
const STANDBY_LIMITS = { connectionTimeoutMillis: 2000, query_timeout: 10_000 };

interface StandbyOptions {
  connectionString: string;
  onRead: (outcome: ListReadOutcome) => void;
  log: Logger;
}

/**
 * A PostgreSQL server, behind a pooler or not.
 *
 * A pooler may give each transaction another session. So through it go only transactions and single statements, none
 * of them prepared (docs/adr/0042-poolers.md).
 *
 * @param outage notified of connections that broke while idle, and of the results of `ping`
 * @param standby where lists are read; connected to when the first one is
 */
export async function openServerDatabase(
  urls: ServerUrls,
  outage: DatabaseOutage,
  log: Logger,
  standby?: StandbyOptions,
): Promise<Database> {
  const pool = new pg.Pool({
    ...WATCHED,
    Client: ServerClient,
    connectionString: urls.pooled,
    max: CONNECTIONS,
    connectionTimeoutMillis: 10_000,
    application_name: 'mms-inbox',
    ...(isPooled(urls) ? {} : { options: SESSION_OPTIONS }),
  });
  pool.on('error', ({ message }) => outage.pool.failed(message));
  try {
    await pRetry(() => requireSessions(urls), START_RETRY);
    await migrate(urls.direct, log);
  } catch (cause) {
    await pool.end();
    if (cause instanceof AppError) throw cause;
    const { message } = asError(cause);
    throw new AppError('unavailable', `The database of DATABASE_URL cannot be used: ${message}`, {
      cause,
    });
  }
  const prisma = createClient(pool, urls);
  const reads = standby === undefined ? undefined : openStandby(standby, prisma, urls);
  return {
    kind: 'server',
    prisma,
    lists: reads ?? readListsFrom(prisma),
    queueConnection: {
      ...WATCHED,
      // pg-boss makes its pool of this class, and listens on a client of node-postgres' own.
      Client: isPooled(urls) ? clientOf(urls.pooled) : ServerClient,
      connectionString: urls.direct,
      max: QUEUE_CONNECTIONS,
      application_name: 'mms-inbox-queue',
    },
    async purge() {
      await vacuum(urls.direct);
    },
    takeSnapshot: null,
    busy: NEVER_BUSY,
    outage,
    holdLock: (name, onLost) => holdSessionLock(urls.direct, name, onLost),
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
      await reads?.close();
      await prisma.$disconnect();
      await pool.end();
    },
  };
}

/** A class of clients that connect to an address of their own, wherever their options say. */
function clientOf(connectionString: string): typeof ServerClient {
  return class extends ServerClient {
    constructor(options: pg.ClientConfig) {
      super({ ...options, connectionString });
    }
  };
}

/** On a connection of its own, because it may take hours. */
async function vacuum(connectionString: string): Promise<void> {
  const client = new ServerClient({
    ...WATCHED,
    connectionString,
    connectionTimeoutMillis: 10_000,
    application_name: 'mms-inbox-purge',
    query_timeout: PURGE_MS,
  });
  try {
    await client.connect();
    await client.query(`VACUUM (ANALYZE) ${PERSONAL_TABLES.join(', ')}`);
  } finally {
    void client.end().catch(() => undefined);
  }
}

/** Statements are prepared unless a pooler may give each transaction another session. */
function createClient(pool: pg.Pool, urls: ServerUrls): PrismaClient {
  const nameOf = createStatementNames();
  return new PrismaClient({
    adapter: new PrismaPg(
      pool,
      isPooled(urls) ? {} : { statementNameGenerator: ({ sql }) => nameOf(sql) },
    ),
    transactionOptions: TX_TIMEOUTS,
  });
}

function openStandby(
  { connectionString, onRead, log }: StandbyOptions,
  primary: PrismaClient,
  urls: ServerUrls,
): ListReads & { close(): Promise<void> } {
  const pool = new pg.Pool({
    ...WATCHED,
    ...STANDBY_LIMITS,
    Client: ServerClient,
    connectionString,
    max: CONNECTIONS,
    application_name: 'mms-inbox-lists',
  });
  // What fails is tried again on the primary, and logged by that.
  pool.on('error', () => undefined);
  const client = createClient(pool, urls);
  return {
    ...createStandbyReads({ primary, standby: client, connections: CONNECTIONS, onRead, log }),
    async close() {
      await client.$disconnect();
      await pool.end();
    },
  };
}

/** Migrates on a separate connection that is closed, because the engine leaves an advisory lock on it. */
async function migrate(connectionString: string, log: Logger): Promise<void> {
  const pool = new pg.Pool({
    Client: ServerClient,
    connectionString,
    max: 1,
    connectionTimeoutMillis: 10_000,
    application_name: 'mms-inbox-migrations',
  });
  pool.on('error', () => undefined);
  try {
    await pRetry(() => applyMigrations(pool, log), START_RETRY);
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
