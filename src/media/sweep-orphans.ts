import { basename } from 'node:path';
import type { Database } from '../database/database.ts';
import { databaseIdentity } from '../database/shared-secret.ts';
import type { BlobStore } from '../files/blob-store.ts';
import { writerOf } from '../files/file-names.ts';
import { type FileWriter, writerLock } from './file-writer.ts';

const BATCH = 500;

/**
 * Removes what processes left behind that ended in the middle of something: their scratch files, and
 * files that no row names. Files of processes that live are never touched, so this may run at any time,
 * and looks at no clock. Neither are files whose names tell no writer, or one that did not register in
 * this very database: whoever started it on a wrong database or a restored one loses nothing.
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
    for (const key of await unnamed(database, await ofRetiredWriters(database, home, keys))) {
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
 * Retires the writers whose lock is free. It waits for their transactions that still run; once it is
 * done, none of their files that no row names can come into use.
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

/** Which files have a writer that registered in this very database and is retired. */
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

/** Which files no row names. */
async function unnamed({ prisma }: Database, keys: readonly string[]): Promise<string[]> {
  const isAmong = { where: { key: { in: [...keys] } }, select: { key: true } };
  const rows = [
    ...(await prisma.blob.findMany(isAmong)),
    ...(await prisma.preview.findMany(isAmong)),
  ];
  const named = new Set(rows.map(({ key }) => key));
  return keys.filter((key) => !named.has(key));
}
