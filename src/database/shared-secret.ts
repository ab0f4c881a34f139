import { randomBytes } from 'node:crypto';
import type { Database } from './database.ts';

/** A secret of 256 random bits that all processes on this database share, made when missing. */
export async function sharedSecret({ prisma }: Database, name: string): Promise<string> {
  await prisma.secret.createMany({
    data: [{ name, value: randomBytes(32).toString('base64url') }],
    skipDuplicates: true,
  });
  const { value } = await prisma.secret.findUniqueOrThrow({ where: { name } });
  return value;
}
