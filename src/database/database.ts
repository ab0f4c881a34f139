import type { PoolConfig } from 'pg';
import type { ConstructorOptions } from 'pg-boss';
import type { Logger } from 'pino';
import type { Prisma, PrismaClient } from '../generated/prisma/client.ts';
import { createSharedOutageLog, type OutageLog } from '../monitoring/outage-log.ts';
import type { BusyState } from './busy-state.ts';

/** A transaction in progress; the code that opened it commits it. */
export type Transaction = Prisma.TransactionClient;

/** Of transactions, in milliseconds: waiting for a busy database is better than repeating work. */
export const TX_TIMEOUTS = { maxWait: 30_000, timeout: 30_000 };

/** The tables that contain personal data. */
export const PERSONAL_TABLES = [
  'message',
  'media',
  'blob',
  'transcript',
  'sender',
  'report',
  'note',
];

/**
 * An outage is logged once for all connections of a process. `pool` stands for those of Prisma, `queue`
 * for those of the job queue, which may fail on their own.
 */
export type DatabaseOutage = Record<'pool' | 'queue', OutageLog>;

export function createDatabaseOutage(log: Logger): DatabaseOutage {
  const createPart = createSharedOutageLog('the database', log);
  return { pool: createPart('pool'), queue: createPart('queue') };
}

/** A session-level advisory lock: it is held until it is released or its connection ends. */
export interface SessionLock {
  release(): Promise<void>;
}

/** A copy of the embedded database as of one moment, which nothing changes any more. */
export interface Snapshot {
  /** A data folder with only the database in it: `openEmbeddedDatabase` opens it, in any process. */
  dataDir: string;
  /** By the clock of this process. */
  takenAt: Date;
  /** Removes the copy. The next start of a process that was killed does so, too. */
  remove(): Promise<void>;
}

/** Where lists and counts are read: a hot standby, or the primary. */
export interface ListReads {
  /**
   * Reads a list or a count. It has everything that was committed before the call, also when it comes from the standby.
   * Whatever is decided by what was read has to be read again from the primary, in the transaction of the decision.
   *
   * @param read uses only the client that it is given. It is called again with the primary when the standby fails
   */
  read<T>(read: (db: Transaction) => Promise<T>): Promise<T>;
  /** Bytes of WAL that the standby has not replayed yet; NaN when it does not answer. Undefined without a standby. */
  measureLag: (() => Promise<number>) | undefined;
}

/** The only database, embedded or on a server: both have the same dialect and schema. */
export interface Database {
  kind: 'embedded' | 'server';
  prisma: PrismaClient;
  lists: ListReads;
  /** The connection options for the job queue's own statements. */
  queueConnection: Pick<
    ConstructorOptions,
    'db' | 'backend' | 'connectionString' | 'max' | 'application_name'
  > &
    Pick<PoolConfig, 'Client' | 'keepAlive' | 'keepAliveInitialDelayMillis' | 'query_timeout'>;
  /**
   * Purges the data of deleted or blanked rows from the database's own files, as far as these are ours:
   * the files, the log and the backups of a server are its operator's responsibility.
   *
   * @param signal stops it before the next table
   * @throws ErrnoException ENOSPC when there is not enough disk space to rewrite a table
   */
  purge(signal: AbortSignal): Promise<void>;
  /**
   * Copies the database while it is used; null for a server, which has tools of its own. Statements wait for the end
   * of the copying. A purge waits until all snapshots are removed.
   *
   * @param whileIdle runs at the moment of the snapshot: no transaction is committed meanwhile
   * @throws ErrnoException ENOSPC when there is not enough disk space
   */
  takeSnapshot: ((whileIdle?: (snapshotDir: string) => Promise<void>) => Promise<Snapshot>) | null;
  busy: BusyState;
  /** Notified by all code that queries a server. */
  outage: DatabaseOutage;
  /**
   * Takes an advisory lock that is held while this process lives; other processes can request it.
   *
   * @param onLost called when the lock is lost because its connection broke
   */
  holdLock(name: string, onLost: () => void): Promise<SessionLock>;
  /** @throws when the database does not answer */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Locks the rows of one hash (blob, previews) until the transaction ends. Transactions that reference, add
 * or remove such rows must hold this lock. Files need none, because every file has its own key.
 */
export async function lockBlob(tx: Transaction, sha256: string): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${sha256}, 0))`;
}

/** `lockBlob` for many hashes, in sorted order to avoid deadlocks. */
export async function lockBlobs(tx: Transaction, sha256s: readonly string[]): Promise<void> {
  await tx.$executeRaw`
    SELECT pg_advisory_xact_lock(hashtextextended(sha256, 0))
    FROM (SELECT unnest(${sha256s.toSorted()}::text[]) AS sha256) AS sorted`;
}
