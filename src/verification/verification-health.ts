import type { Database } from '../database/database.ts';

/** What the last verification that has ended says. */
export interface LastVerification {
  endedAt: Date;
  /** Files that are missing, damaged or out of reach, and that were not repaired since. */
  open: number;
}

/** @returns null when none has ended yet */
export async function readLastVerification({ prisma }: Database): Promise<LastVerification | null> {
  const last = await prisma.verification.findFirst({
    where: { state: 'done', endedAt: { not: null } },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
  });
  if (last === null || last.endedAt === null) return null;
  const found = last.missing + last.damaged + last.unreadable + last.unknownStore;
  return { endedAt: last.endedAt, open: found - last.settled };
}

/** For metrics: they are available while the database is down. */
export function createVerificationHealth(database: Database): {
  /** In Unix seconds; 0 when none has ended yet. */
  lastEnd(): Promise<number>;
  open(): Promise<number>;
} {
  let known: LastVerification | null = null;
  async function read(): Promise<LastVerification | null> {
    known = await readLastVerification(database).catch(() => known);
    return known;
  }
  return {
    lastEnd: async () => ((await read())?.endedAt.getTime() ?? 0) / 1000,
    open: async () => (await read())?.open ?? 0,
  };
}
