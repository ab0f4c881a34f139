import type { Transaction } from './database.ts';

/**
 * Claims the rows of one hash (blob, previews) until the transaction ends: whoever joins, adds or
 * removes them holds this. Files need no lock, every one has a key of its own.
 */
export async function lockBlob(tx: Transaction, sha256: string): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${sha256}, 0))`;
}

/** `lockBlob` for many, in the one order in which they cannot lock each other out. */
export async function lockBlobs(tx: Transaction, sha256s: readonly string[]): Promise<void> {
  await tx.$executeRaw`
    SELECT pg_advisory_xact_lock(hashtextextended(sha256, 0))
    FROM (SELECT unnest(${sha256s.toSorted()}::text[]) AS sha256) AS sorted`;
}
