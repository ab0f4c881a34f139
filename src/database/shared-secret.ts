import { randomBytes } from 'node:crypto';
import type { Database } from './database.ts';

/** A secret of 256 random bits that all processes on this database share; created when missing. */
export async function sharedSecret({ prisma }: Database, name: string): Promise<string> {
  await prisma.secret.createMany({
    data: [{ name, value: randomBytes(32).toString('base64url') }],
    skipDuplicates: true,
  });
  const { value } = await prisma.secret.findUniqueOrThrow({ where: { name } });
  return value;
}

/**
 * Reads an identity that distinguishes this database from its copies, as `identity`. It differs in a restored dump, a
 * copy made with `TEMPLATE`, and a server that was recovered to an earlier point in time or promoted from standby:
 * all of them may lack the last commits. It also changes when a dump is restored into the same database,
 * because that recreates the table.
 */
export const READ_IDENTITY = `
  SELECT concat_ws(
    '/',
    (SELECT system_identifier FROM pg_control_system()),
    (SELECT oid FROM pg_database WHERE datname = current_database()),
    'file_writer'::regclass::oid,
    -- The timeline.
    left(pg_walfile_name(pg_current_wal_lsn()), 8)
  ) AS identity`;

export async function databaseIdentity({ prisma }: Database): Promise<string> {
  const rows = await prisma.$queryRawUnsafe<{ identity: string }[]>(READ_IDENTITY);
  const [row] = rows;
  if (row === undefined) throw new Error('the database did not return its identity');
  return row.identity;
}
