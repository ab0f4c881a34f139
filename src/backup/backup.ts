import { copyFile, mkdir, readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Writable } from 'node:stream';
import type { Logger } from 'pino';
import type { Database, Snapshot } from '../database/database.ts';
import { embeddedFolder } from '../database/embedded/durable-pglite.ts';
import { AppError } from '../errors/app-error.ts';
import { codeOf, unlessGone } from '../errors/caught.ts';
import type { BlobStore } from '../files/blob-store.ts';
import { VERSION } from '../monitoring/version.ts';
import { DATABASE, FILES, FORMAT, MANIFEST, type Manifest, SPOOL, SUMS } from './archive-format.ts';
import { type Inspection, inspectSnapshot } from './inspect-snapshot.ts';
import { openMember, readLines } from './member-files.ts';
import { createMemberSums } from './member-sums.ts';
import { type ArchiveWriter, writeArchive } from './write-archive.ts';

/** A backup that is ready to be written. */
export interface Backup {
  takenAt: Date;
  /** Approximately the size of the archive. */
  byteSize: number;
  /**
   * Writes the archive and ends the target.
   *
   * @throws AppError `conflict` when a sender was erased meanwhile; the error of the target or a disk. The target is
   *   destroyed then.
   */
  writeTo(target: Writable): Promise<Manifest>;
  /** Removes the snapshot; also after `writeTo`. */
  discard(): Promise<void>;
}

/**
 * Takes a snapshot of the installation.
 *
 * @throws AppError `conflict` on a database server, or while another backup is made; `unavailable` when the disk has no
 *   room for a copy of the database
 */
export type BeginBackup = () => Promise<Backup>;

/** @param deps.dataDir where the spool is */
export function createBeginBackup(deps: {
  database: Database;
  blobs: BlobStore;
  dataDir: string;
  log: Logger;
}): BeginBackup {
  const { database, dataDir } = deps;
  let isRunning = false;

  return async () => {
    const { takeSnapshot } = database;
    if (takeSnapshot === null) {
      throw new AppError(
        'conflict',
        'The database is a PostgreSQL server: back it up with pg_dump, and then the files.',
      );
    }
    if (isRunning) throw new AppError('conflict', 'Another backup is being made.');
    isRunning = true;
    let snapshot: Snapshot | undefined;
    async function discard(): Promise<void> {
      await snapshot?.remove();
      isRunning = false;
    }
    try {
      snapshot = await takeSnapshot((folder) => copySpool(dataDir, folder));
      const inspection = await inspectSnapshot(snapshot.dataDir, keysFile(snapshot));
      return {
        takenAt: snapshot.takenAt,
        byteSize: inspection.fileBytes + (await sizeOf(embeddedFolder(snapshot.dataDir))),
        writeTo: (target) => write({ ...deps, snapshot: snapshot as Snapshot, inspection }, target),
        discard,
      };
    } catch (error) {
      await discard();
      if (codeOf(error) !== 'ENOSPC') throw error;
      throw new AppError('unavailable', 'The disk has no room for a copy of the database.', {
        cause: error,
      });
    }
  };
}

interface WriteDeps {
  database: Database;
  blobs: BlobStore;
  snapshot: Snapshot;
  inspection: Inspection;
  log: Logger;
}

async function write(deps: WriteDeps, target: Writable): Promise<Manifest> {
  const { snapshot, inspection } = deps;
  const { takenAt } = snapshot;
  let written: Manifest | undefined;
  await writeArchive(target, takenAt, async (archive) => {
    const sums = await createMemberSums(join(snapshot.dataDir, 'sums'));
    try {
      const writer = sums.counting(archive);
      await addTree(writer, DATABASE, embeddedFolder(snapshot.dataDir));
      await addTree(writer, SPOOL, join(snapshot.dataDir, 'spool'));
      const files = await addFiles(deps, writer);
      // After the files: a file that a deletion has removed belongs to a row in this list.
      const deleted = await findDeleted(deps.database, inspection);
      const { migration, tables } = inspection;
      written = {
        format: FORMAT,
        version: VERSION,
        migration,
        takenAt: takenAt.toISOString(),
        tables,
        deleted,
        ...files,
      };
      const text = Buffer.from(`${JSON.stringify(written, null, 2)}\n`);
      await writer.add(MANIFEST, text.length, asStream(text));
    } finally {
      await sums.close();
    }
    await addFile(archive, SUMS, join(snapshot.dataDir, 'sums'));
  });
  if (written === undefined) throw new Error('The archive has no manifest');
  return written;
}

async function* asStream(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function keysFile({ dataDir }: Snapshot): string {
  return join(dataDir, 'keys');
}

/** @param isLenient whether what cannot be read is written as zeros; the hash tells */
async function addFile(
  archive: ArchiveWriter,
  name: string,
  path: string,
  isLenient = false,
): Promise<string> {
  const file = await openMember(path, isLenient);
  try {
    return await archive.add(name, file.size, file.bytes());
  } finally {
    await file.close();
  }
}

/** Adds the files of a folder, and its folders: PostgreSQL does not start without its empty ones. */
async function addTree(archive: ArchiveWriter, prefix: string, folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    const name = prefix + path.slice(folder.length + 1).replaceAll('\\', '/');
    if (entry.isDirectory()) await archive.addFolder(`${name}/`);
    else await addFile(archive, name, path);
  }
}

/** Adds the files that the rows of the snapshot name, as far as they are still there. */
async function addFiles(
  { blobs, snapshot, log }: WriteDeps,
  archive: ArchiveWriter,
): Promise<Pick<Manifest, 'missing' | 'damaged' | 'inBuckets'>> {
  const found = { missing: [] as string[], damaged: [] as string[], inBuckets: 0 };
  for await (const line of readLines(keysFile(snapshot))) {
    const key: string = JSON.parse(line);
    if (!blobs.isLocal(key)) {
      found.inBuckets += 1;
      continue;
    }
    try {
      const sha256 = await blobs.withLocalFile(key, (path) =>
        addFile(archive, FILES + key, path, true),
      );
      const [, own] = /^blobs\/(?:.*\/)?([0-9a-f]{64})-/.exec(key) ?? [];
      if (own !== undefined && own !== sha256) found.damaged.push(key);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
      found.missing.push(key);
    }
  }
  if (found.damaged.length > 0) {
    log.error(
      { keys: found.damaged.slice(0, 10) },
      'files are damaged: the backup has them as they are',
    );
  }
  return found;
}

/**
 * What was deleted since the snapshot. The ids of deletions grow, so no clock decides.
 *
 * @throws AppError `conflict` when a sender was erased: the archive would bring it back
 */
async function findDeleted(
  { prisma }: Database,
  { lastDeletion, unfinishedDeletions, tables }: Inspection,
): Promise<Manifest['deleted']> {
  if ((await prisma.erasure.count()) !== tables['public.erasure']) {
    throw new AppError(
      'conflict',
      'A sender was erased while the backup was made, which would have kept its data: make it again.',
    );
  }
  const targets = await prisma.deletionTarget.findMany({
    where: {
      forgottenAt: { not: null },
      OR: [
        { deletionId: { gt: BigInt(lastDeletion) } },
        { deletionId: { in: unfinishedDeletions.map(BigInt) } },
      ],
    },
    select: { kind: true, sid: true },
  });
  const ofKind = (wanted: string) =>
    targets.filter(({ kind }) => kind === wanted).map(({ sid }) => sid);
  return { media: [...new Set(ofKind('media'))], messages: [...new Set(ofKind('message'))] };
}

/** Copies the messages that wait for the database, and those set aside; not those that are being written. */
async function copySpool(dataDir: string, snapshotDir: string): Promise<void> {
  const source = join(dataDir, 'spool');
  const target = join(snapshotDir, 'spool');
  await mkdir(target, { mode: 0o700 });
  const names = await unlessGone(readdir(source, { recursive: true }));
  for (const name of names ?? []) {
    if (!name.endsWith('.json')) continue;
    await mkdir(dirname(join(target, name)), { recursive: true, mode: 0o700 });
    // One that is gone was drained before the snapshot: its row is in it.
    await unlessGone(copyFile(join(source, name), join(target, name)));
  }
}

async function sizeOf(folder: string): Promise<number> {
  let bytes = 0;
  for (const name of await readdir(folder, { recursive: true })) {
    bytes += (await stat(join(folder, name))).size;
  }
  return bytes;
}
