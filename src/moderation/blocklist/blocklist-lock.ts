import type { Transaction } from '../../database/database.ts';

// Any number of its own.
const LOCK = 7_263_094_511n;

/**
 * Claims the blocklist until the transaction ends, to write into it. Writers take turns, so their
 * changes are numbered in the order of their commits.
 */
export async function lockBlocklist(tx: Transaction): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${LOCK})`;
}

/**
 * Keeps the blocklist as it is until the transaction ends: what is stored meanwhile was matched
 * against every entry that was committed before it.
 */
export async function holdBlocklist(tx: Transaction): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock_shared(${LOCK})`;
}
