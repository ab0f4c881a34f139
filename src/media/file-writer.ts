import pRetry from 'p-retry';
import type { Logger } from 'pino';
import type { Database, Transaction } from '../database/database.ts';
import { databaseIdentity } from '../database/shared-secret.ts';
import { AppError } from '../errors/app-error.ts';
import { newWriterId, writerOf } from '../files/file-names.ts';

/** This process as a writer of files: registered, so that other processes can detect that it ended. */
export interface FileWriter {
  /** Part of the names of all files that are written from now on. */
  id(): string;
  /**
   * Guarantees, until the transaction ends, that rows may reference the files: no other process has
   * retired their writer and is removing them.
   *
   * @throws AppError `unavailable` when the writer was retired; files written from now on are fine
   */
  claim(tx: Transaction, names: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/**
 * Registers this process as a writer of files. It is alive as long as it holds a lock on a database
 * connection. When the connection breaks it continues under a new id, and files with the old id may be
 * swept unless a row references them.
 */
export async function registerFileWriter(database: Database, log: Logger): Promise<FileWriter> {
  const closing = new AbortController();
  // A database server that is stopping may close a connection that was just opened.
  let current = await pRetry(register, { retries: 3, minTimeout: 200 });
  let renewing: Promise<void> | null = null;

  async function register() {
    const id = newWriterId();
    // The lock is taken first: a process that sees the row must find it locked.
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
      // Not awaited: on a connection that was dropped silently it may never resolve.
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
      if (!closing.signal.aborted)
        log.error({ err: error }, 'no new file writer id could be registered');
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
      throw new AppError(
        'unavailable',
        'The files were written before the database connection broke.',
      );
    },
    async close() {
      closing.abort();
      await renewing;
      await current.lock.release();
    },
  };
}

/** The name of the lock that a writer holds as long as it is alive. */
export function writerLock(id: string): string {
  return `file writer ${id}`;
}
