import type { Transaction } from '../../database/database.ts';

// An erasure's row is its mark: the keyed hash of the person, and when it was asked for. What Twilio sent
// of that person before must not come in any more, wherever it has been lying. An import is somebody's
// own decision, and is exempt.

// Any number of its own.
const LOCK = 7_263_094_512n;

/** Keeps new marks out until the transaction ends: what it commits was held against all there are. */
export async function holdErasures(tx: Transaction): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock_shared(${LOCK})`;
}

/** Waits for those that hold the marks, so that what they commit is seen by whoever comes after this one. */
export async function lockErasures(tx: Transaction): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${LOCK})`;
}
