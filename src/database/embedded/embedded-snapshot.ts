import { randomBytes } from 'node:crypto';
import { constants, copyFile, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import pLimit from 'p-limit';
import type pg from 'pg';
import { unlessGone } from '../../errors/caught.ts';
import { RESERVED_BYTES, requireRoom } from '../../files/disk-space.ts';
import { makeFolder } from '../../files/folders.ts';
import type { Snapshot } from '../database.ts';
import { embeddedFolder } from './durable-pglite.ts';
import { runMaintenance } from './embedded-purge.ts';

// Twice the size of libuv's default thread pool.
const CONCURRENCY = 8;
// The coarsest time stamps of files (FAT). A file that was written this shortly before it was copied may have
// been written again without a new time.
const COARSE_MS = 2000;

/** Copies of an embedded database that was not stopped for it. */
export interface Snapshots {
  /** Waits until the snapshot before it is removed, and a purge has ended. */
  take(whileIdle?: (snapshotDir: string) => Promise<void>): Promise<Snapshot>;
  /**
   * Runs a purge while there is no snapshot, which would keep the rows that are purged.
   *
   * @throws AbortError when `signal` aborts before it begins
   */
  purge(signal: AbortSignal, work: () => Promise<void>): Promise<void>;
}

/**
 * Removes what processes that were killed have left, and what this one has.
 *
 * @param dataDir locked by this process
 */
export async function removeSnapshots(dataDir: string): Promise<void> {
  await rm(snapshotsFolder(dataDir), { recursive: true, force: true });
}

/** The folder of all snapshots; each has a folder of its own in it. */
export function snapshotsFolder(dataDir: string): string {
  return join(dataDir, 'snapshots');
}

/**
 * @param deps.occupy marks the database as busy while the work takes long
 * @param deps.dataDir locked by this process
 */
export function createSnapshots(deps: {
  pool: pg.Pool;
  occupy: (work: () => Promise<void>) => Promise<void>;
  dataDir: string;
}): Snapshots {
  const { pool, occupy, dataDir } = deps;
  const source = embeddedFolder(dataDir);
  const inTurn = createTurns();

  /** What is written meanwhile is copied again while the session is idle: then little is left to copy. */
  async function copyTo(target: string, whileIdle: () => Promise<void>): Promise<Date> {
    await runMaintenance(pool, 'CHECKPOINT');
    const files = await listFiles(source);
    const bytes = [...files.values()].reduce((sum, { size }) => sum + size, 0);
    await requireRoom(dataDir, bytes + RESERVED_BYTES);
    await copyFolders(source, target);
    await copyFiles(source, target, [...files.keys()]);
    // The only connection of the only session: nothing runs, and no transaction is open.
    const client = await pool.connect();
    try {
      const takenAt = new Date();
      await client.query('CHECKPOINT');
      await occupy(async () => {
        const now = await listFiles(source);
        await copyFolders(source, target);
        const gone = [...files.keys()].filter((name) => !now.has(name));
        for (const name of gone) await rm(join(target, name), { force: true });
        const changed = [...now].filter(([name, file]) => !isSame(file, files.get(name)));
        await copyFiles(
          source,
          target,
          changed.map(([name]) => name),
        );
        await whileIdle();
      });
      client.release();
      return takenAt;
    } catch (error) {
      client.release(true);
      throw error;
    }
  }

  return {
    async take(whileIdle = async () => undefined) {
      const release = await inTurn();
      const copy = join(snapshotsFolder(dataDir), randomBytes(6).toString('hex'));
      async function remove(): Promise<void> {
        await rm(copy, { recursive: true, force: true });
        release();
      }
      try {
        await makeFolder(copy);
        const takenAt = await copyTo(embeddedFolder(copy), () => whileIdle(copy));
        return { dataDir: copy, takenAt, remove };
      } catch (error) {
        await remove();
        throw error;
      }
    },
    async purge(signal, work) {
      const release = await inTurn(signal);
      await work().finally(release);
    },
  };
}

/** @returns resolves with a function that ends the turn, once all turns before it have ended */
function createTurns(): (signal?: AbortSignal) => Promise<() => void> {
  let last = Promise.resolve();
  return async (signal) => {
    const own = Promise.withResolvers<void>();
    const before = last;
    last = before.then(() => own.promise);
    const aborted = Promise.withResolvers<never>();
    const abort = () => aborted.reject(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    try {
      signal?.throwIfAborted();
      await Promise.race([before, aborted.promise]);
      return own.resolve;
    } catch (error) {
      own.resolve();
      throw error;
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  };
}

interface FileState {
  size: number;
  /** Nanoseconds. */
  changedAt: bigint;
  /** Whether it was written shortly before it was looked at. */
  isFresh: boolean;
}

/** Whether a file is as it was before it was copied, so that the copy is up to date. */
function isSame(now: FileState, before: FileState | undefined): boolean {
  return (
    before !== undefined &&
    !before.isFresh &&
    before.size === now.size &&
    before.changedAt === now.changedAt
  );
}

/** The files under a folder, by their relative paths. */
async function listFiles(folder: string): Promise<Map<string, FileState>> {
  const files = new Map<string, FileState>();
  const limit = pLimit(CONCURRENCY);
  const entries = await readdir(folder, { recursive: true });
  await limit.map(entries, async (name) => {
    const info = await unlessGone(stat(join(folder, name), { bigint: true }));
    if (!info?.isFile()) return;
    files.set(name, {
      size: Number(info.size),
      changedAt: info.ctimeNs,
      isFresh: Date.now() - Number(info.ctimeMs) < COARSE_MS,
    });
  });
  return files;
}

/** PostgreSQL does not start without its empty folders. */
async function copyFolders(source: string, target: string): Promise<void> {
  await mkdir(target, { recursive: true, mode: 0o700 });
  for (const entry of await readdir(source, { recursive: true, withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const folder = join(target, relative(source, join(entry.parentPath, entry.name)));
    await mkdir(folder, { recursive: true, mode: 0o700 });
  }
}

/** Copies files, on file systems that can without their bytes; those that are gone are left out. */
async function copyFiles(source: string, target: string, names: string[]): Promise<void> {
  const limit = pLimit(CONCURRENCY);
  await limit.map(names, (name) =>
    unlessGone(copyFile(join(source, name), join(target, name), constants.COPYFILE_FICLONE)),
  );
}
