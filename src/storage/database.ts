import type { ConstructorOptions } from 'pg-boss';
import type { Prisma, PrismaClient } from '../generated/prisma/client.ts';

/** A transaction in progress; whoever opened it commits it. */
export type Transaction = Prisma.TransactionClient;

/** Of transactions, in milliseconds: to wait for a busy database is better than to do work twice. */
export const PATIENCE = { maxWait: 30_000, timeout: 30_000 };

/** Where something of strangers stands. */
export const PERSONAL_TABLES = 'message, media, blob, sender';

/** The one database behind everything, embedded or on a server: same dialect, same schema. */
export interface Database {
  kind: 'embedded' | 'server';
  prisma: PrismaClient;
  /** What the job queue runs its own statements on. */
  queueConnection: Pick<
    ConstructorOptions,
    'db' | 'backend' | 'connectionString' | 'max' | 'application_name'
  >;
  /**
   * Leaves nothing of rows that were deleted or blanked in the database's own files, as far as these are
   * ours: a server's files, its log and its backups are its operator's.
   */
  purge(): Promise<void>;
  /** @throws when the database does not answer */
  ping(): Promise<void>;
  close(): Promise<void>;
}
