import type { Transaction } from '../storage/database.ts';

/**
 * Claims one blob, its file and its previews, until the transaction ends. Whoever adds or removes
 * bytes of a hash holds this, so that a delete of the last media cannot take a file away from a new
 * one with the same bytes.
 */
export async function lockBlob(tx: Transaction, sha256: string): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${sha256}, 0))`;
}
