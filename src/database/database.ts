import type { PoolConfig } from 'pg';
import type { ConstructorOptions } from 'pg-boss';
import type { Logger } from 'pino';
import type { Prisma, PrismaClient } from '../generated/prisma/client.ts';
import { createSharedOutageLog, type OutageLog } from '../monitoring/outage-log.ts';
import type { BusyState } from './busy-state.ts';

/** A transaction in progress; whoever opened it commits it. */
export type Transaction = Prisma.TransactionClient;

/** Of transactions, in milliseconds: to wait for a busy database is better than to do work twice. */
export const TX_TIMEOUTS = { maxWait: 30_000, timeout: 30_000 };

/** Where something of strangers stands. */
export const PERSONAL_TABLES = ['message', 'media', 'blob', 'sender'];

/**
 * An outage is logged once for all connections of a process. `pool` are those of Prisma, `queue` those of
 * the job queue: the queue may fail alone.
 */
export type DatabaseOutage = Record<'pool' | 'queue', OutageLog>;

export function createDatabaseOutage(log: Logger): DatabaseOutage {
  const createPart = createSharedOutageLog('the database', log);
  return { pool: createPart('pool'), queue: createPart('queue') };
}

/** An advisory lock that a connection holds, for as long as both live. */
export interface SessionLock {
  release(): Promise<void>;
}

/** The one database behind everything, embedded or on a server: same dialect, same schema. */
export interface Database {
  kind: 'embedded' | 'server';
  prisma: PrismaClient;
  /** What the job queue runs its own statements on. */
  queueConnection: Pick<
    ConstructorOptions,
    'db' | 'backend' | 'connectionString' | 'max' | 'application_name'
  > &
    Pick<PoolConfig, 'Client' | 'keepAlive' | 'keepAliveInitialDelayMillis' | 'query_timeout'>;
  /**
   * Leaves nothing of rows that were deleted or blanked in the database's own files, as far as these are
   * ours: a server's files, its log and its backups are its operator's.
   *
   * @param signal ends it before the next table
   * @throws ErrnoException ENOSPC where a table finds no room to be written anew
   */
  purge(signal: AbortSignal): Promise<void>;
  busy: BusyState;
  /** Told by whatever asks a server. */
  outage: DatabaseOutage;
  /**
   * Holds an advisory lock for as long as this process lives; other processes can ask for it.
   *
   * @param onLost told when the lock is gone because its connection broke
   */
  holdLock(name: string, onLost: () => void): Promise<SessionLock>;
  /** @throws when the database does not answer */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Claims the rows of one hash (blob, previews) until the transaction ends: whoever joins, adds or
 * removes them holds this. Files need no lock, every one has a key of its own.
 */
export async function lockBlob(tx: Transaction, sha256: string): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${sha256}, 0))`;
}

/** `lockBlob` for many, in the one order in which they cannot lock each other out. */
export async function lockBlobs(tx: Transaction, sha256s: readonly string[]): Promise<void> {
  await tx.$executeRaw`
    SELECT pg_advisory_xact_lock(hashtextextended(sha256, 0))
    FROM (SELECT unnest(${sha256s.toSorted()}::text[]) AS sha256) AS sorted`;
}
