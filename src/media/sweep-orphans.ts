import type { BlobStore } from '../storage/blob-store.ts';
import type { Database } from '../storage/database.ts';

const BATCH = 500;

/**
 * Removes files that no row names: what a process left behind that ended between writing a file and
 * committing its row.
 *
 * @param writtenBefore younger files may still get their row
 * @returns how many
 */
export async function sweepOrphans(
  { prisma }: Database,
  blobs: BlobStore,
  writtenBefore: Date,
  signal: AbortSignal,
): Promise<number> {
  let removed = 0;
  let batch: string[] = [];

  async function sweepBatch(): Promise<void> {
    const key = { in: batch };
    const rows = await Promise.all([
      prisma.blob.findMany({ where: { key }, select: { key: true } }),
      prisma.preview.findMany({ where: { key }, select: { key: true } }),
    ]);
    const named = new Set(rows.flat().map((row) => row.key));
    for (const file of batch.filter((file) => !named.has(file))) {
      await blobs.remove(file);
      removed += 1;
    }
    batch = [];
  }

  for await (const { key, writtenAt } of blobs.list()) {
    if (signal.aborted) return removed;
    if (writtenAt < writtenBefore) batch.push(key);
    if (batch.length === BATCH) await sweepBatch();
  }
  if (batch.length > 0) await sweepBatch();
  return removed;
}
