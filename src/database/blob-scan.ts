import { type Blob, Prisma } from '../generated/prisma/client.ts';
import type { ScanOrder } from './scan-rows.ts';

const BY_HASH = {
  table: Prisma.sql`blob`,
  orderBy: Prisma.sql`sha256`,
  after: ({ sha256 }: Pick<Blob, 'sha256'>) => Prisma.sql`sha256 > ${sha256}`,
};

/** For scans of stored bytes. */
export const BLOBS_BY_HASH: ScanOrder<Pick<Blob, 'sha256'>> = {
  ...BY_HASH,
  columns: { sha256: 'sha256' },
};

/** With the PDQ hash: for scans of pictures that have one. */
export const PICTURES_BY_HASH: ScanOrder<{ sha256: string; pdq: string }, { sha256: string }> = {
  ...BY_HASH,
  columns: { sha256: 'sha256', pdq: 'pdq' },
};
