import { basename } from 'node:path';
import type { BlobStore } from '../storage/blob-store.ts';
import type { Database } from '../storage/database.ts';
import { writerOf } from '../storage/file-names.ts';
import { type FileWriter, writerLock } from '../storage/file-writer.ts';

const BATCH = 500;

/**
 * Removes what processes left behind that ended in the middle of something: their scratch files, and
 * files that no row names. Files of processes that live are never touched, so this may run at any time,
 * and looks at no clock.
 *
 * @param deps.writer this process
 * @returns how many
 */
export async function sweepOrphans(
  { database, blobs, writer }: { database: Database; blobs: BlobStore; writer: FileWriter },
  signal: AbortSignal,
): Promise<number> {
  await retireDeadWriters(database, writer);
  let removed = 0;

  async function sweepScratch(names: string[]): Promise<void> {
    for (const name of await ofNoWriter(database, names)) {
      await blobs.discard(name);
      removed += 1;
    }
  }

  async function sweepBatch(keys: string[]): Promise<void> {
    for (const key of await unnamed(database, await ofNoWriter(database, keys))) {
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
 * Forgets the writers whose lock is free. It waits for their transactions that still run; once it is
 * done, none of their files that no row names can come into use.
 */
async function retireDeadWriters({ prisma }: Database, writer: FileWriter): Promise<void> {
  const others = await prisma.fileWriter.findMany({ where: { id: { not: writer.id() } } });
  for (const { id } of others) {
    await prisma.$executeRaw`
      DELETE FROM file_writer
      WHERE id = ${id} AND pg_try_advisory_xact_lock(hashtextextended(${writerLock(id)}, 0))`;
  }
}

/**
 * Which files have no registered writer. To be asked after the files were listed: a writer is registered
 * before it writes.
 */
async function ofNoWriter({ prisma }: Database, names: readonly string[]): Promise<string[]> {
  const ids = new Set(names.flatMap((name) => writerOf(basename(name)) ?? []));
  const rows = await prisma.fileWriter.findMany({ where: { id: { in: [...ids] } } });
  const writers = new Set<string | null>(rows.map(({ id }) => id));
  return names.filter((name) => !writers.has(writerOf(basename(name))));
}

/** Which files no row names. */
async function unnamed({ prisma }: Database, keys: readonly string[]): Promise<string[]> {
  if (keys.length === 0) return [];
  const where = { key: { in: [...keys] } };
  const rows = await Promise.all([
    prisma.blob.findMany({ where, select: { key: true } }),
    prisma.preview.findMany({ where, select: { key: true } }),
  ]);
  const named = new Set(rows.flat().map(({ key }) => key));
  return keys.filter((key) => !named.has(key));
}
