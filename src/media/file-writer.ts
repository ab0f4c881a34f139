import pRetry from 'p-retry';
import type { Logger } from 'pino';
import type { Database, Transaction } from '../database/database.ts';
import { databaseIdentity } from '../database/shared-secret.ts';
import { AppError } from '../errors/app-error.ts';
import { newWriterId, writerOf } from '../files/file-names.ts';

/** This process as a writer of files: known in the database, so that others can tell when it is gone. */
export interface FileWriter {
  /** Stands in the names of the files that are written now. */
  id(): string;
  /**
   * Makes sure, until the transaction ends, that files may come into use: that nobody has taken their
   * writer for dead and is removing them.
   *
   * @throws AppError `unavailable` when somebody has; files written from now on are fine
   */
  claim(tx: Transaction, names: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/**
 * Registers this process as a writer of files. It is alive as long as it holds a lock on a database
 * connection. When that breaks it goes on under a new id, and what it wrote under the old one may be
 * swept unless a row names it.
 */
export async function registerFileWriter(database: Database, log: Logger): Promise<FileWriter> {
  const closing = new AbortController();
  // The server may end the connection it has just opened, as it does when it stops.
  let current = await pRetry(register, { retries: 3, minTimeout: 200 });
  let renewing: Promise<void> | null = null;

  async function register() {
    const id = newWriterId();
    // The lock first: who sees the row must find it held.
    let isLost = false;
    let isRegistered = false;
    const lock = await database.holdLock(writerLock(id), () => {
      isLost = true;
      if (isRegistered) renewSoon();
    });
    try {
      const home = await databaseIdentity(database);
      await database.prisma.fileWriter.create({ data: { id, home } });
      if (isLost) throw new AppError('unavailable', 'The lock of the writer was lost at once.');
    } catch (error) {
      // Not waited for: of a connection that was cut off without a word the end does not come.
      void lock.release();
      throw error;
    }
    isRegistered = true;
    return { id, lock };
  }

  function renewSoon(): void {
    if (closing.signal.aborted) return;
    renewing ??= renew().finally(() => {
      renewing = null;
    });
  }

  async function renew(): Promise<void> {
    const { lock } = current;
    try {
      const schedule = { retries: Number.POSITIVE_INFINITY, minTimeout: 200, maxTimeout: 5000 };
      current = await pRetry(register, { ...schedule, signal: closing.signal });
      void lock.release();
    } catch (error) {
      if (!closing.signal.aborted) log.error({ err: error }, 'no new id for the files to write');
    }
  }

  return {
    id: () => current.id,
    async claim(tx, names) {
      const ids = new Set(names.map(writerOf));
      const rows = await tx.$queryRaw<unknown[]>`
        SELECT id FROM file_writer
        WHERE id = ANY(${[...ids]}::text[]) AND retired_at IS NULL FOR SHARE`;
      if (rows.length === ids.size) return;
      if (ids.has(current.id)) renewSoon();
      throw new AppError('unavailable', 'The files were written before a break of the connection.');
    },
    async close() {
      closing.abort();
      await renewing;
      await current.lock.release();
    },
  };
}

/** What a writer of files holds for as long as it lives. */
export function writerLock(id: string): string {
  return `file writer ${id}`;
}
