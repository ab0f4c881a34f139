import { basename } from 'node:path';
import type { Database } from '../database/database.ts';
import { databaseIdentity } from '../database/shared-secret.ts';
import type { BlobStore } from '../files/blob-store.ts';
import { writerOf } from '../files/file-names.ts';
import { type FileWriter, writerLock } from './file-writer.ts';

const BATCH = 500;

/**
 * Removes what crashed processes left behind: their scratch files, and files that no row references.
 * Files of live processes are never touched, so this may run at any time and needs no clock. Files
 * whose name contains no writer, or a writer that is not registered in this database, are kept as well:
 * running the sweep on a wrong or restored database loses nothing.
 *
 * @param deps.writer this process
 * @returns how many
 */
export async function sweepOrphans(
  { database, blobs, writer }: { database: Database; blobs: BlobStore; writer: FileWriter },
  signal: AbortSignal,
): Promise<number> {
  await retireDeadWriters(database, writer);
  const home = await databaseIdentity(database);
  let removed = 0;

  async function sweepScratch(names: string[]): Promise<void> {
    for (const name of await ofRetiredWriters(database, home, names)) {
      await blobs.discard(name);
      removed += 1;
    }
  }

  async function sweepBatch(keys: string[]): Promise<void> {
    for (const key of await unreferenced(database, await ofRetiredWriters(database, home, keys))) {
      await blobs.remove(key);
      removed += 1;
    }
  }

  await sweepScratch(await blobs.scratchNames());
  let batch: string[] = [];
  for await (const key of blobs.list()) {
    if (signal.aborted) return removed;
    batch.push(key);
    if (batch.length < BATCH) continue;
    await sweepBatch(batch);
    batch = [];
  }
  await sweepBatch(batch);
  return removed;
}

/**
 * Retires the writers whose lock is free. It waits for their transactions that still run; after that,
 * no row can start to reference one of their files.
 */
async function retireDeadWriters({ prisma }: Database, writer: FileWriter): Promise<void> {
  const others = await prisma.fileWriter.findMany({
    where: { id: { not: writer.id() }, retiredAt: null },
  });
  for (const { id } of others) {
    await prisma.$executeRaw`
      UPDATE file_writer SET retired_at = now()
      WHERE id = ${id} AND retired_at IS NULL
        AND pg_try_advisory_xact_lock(hashtextextended(${writerLock(id)}, 0))`;
  }
}

/** The files whose writer is registered in this database and retired. */
async function ofRetiredWriters(
  { prisma }: Database,
  home: string,
  names: readonly string[],
): Promise<string[]> {
  const ids = new Set(names.flatMap((name) => writerOf(basename(name)) ?? []));
  const rows = await prisma.fileWriter.findMany({
    where: { id: { in: [...ids] }, home, retiredAt: { not: null } },
  });
  const retired = new Set<string | null>(rows.map(({ id }) => id));
  return names.filter((name) => retired.has(writerOf(basename(name))));
}

/** The files that no row references. */
async function unreferenced({ prisma }: Database, keys: readonly string[]): Promise<string[]> {
  const isAmong = { where: { key: { in: [...keys] } }, select: { key: true } };
  const rows = [
    ...(await prisma.blob.findMany(isAmong)),
    ...(await prisma.preview.findMany(isAmong)),
  ];
  const referenced = new Set(rows.map(({ key }) => key));
  return keys.filter((key) => !referenced.has(key));
}
