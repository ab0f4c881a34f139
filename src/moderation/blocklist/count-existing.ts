import type { Transaction } from '../../storage/database.ts';
import { type BlocklistHash, LEAST_QUALITY, MOST_DISTANCE } from './blocklist-hash.ts';

/** Every picture is compared with each hash: for more of them that would take minutes. */
export const MOST_COUNTED = 100;

/**
 * How many stored media match hashes.
 *
 * @returns null for more than 100 hashes: that would take too long
 */
export async function countExisting(
  db: Pick<Transaction, '$queryRaw'>,
  hashes: readonly BlocklistHash[],
): Promise<number | null> {
  if (hashes.length > MOST_COUNTED) return null;
  const of = (wanted: BlocklistHash['kind']) =>
    hashes.filter(({ kind }) => kind === wanted).map(({ hash }) => hash);
  const [{ count }] = await db.$queryRaw<[{ count: number }]>`
    SELECT count(*)::int AS count FROM media WHERE state = 'stored' AND blob_sha256 IN (
      SELECT unnest(${of('sha256')}::text[])
      UNION
      SELECT sha256 FROM blob JOIN unnest(${of('pdq')}::text[]) AS given (hash)
        ON bit_count(('x' || pdq)::bit(256) # ('x' || given.hash)::bit(256)) <= ${MOST_DISTANCE}
      WHERE pdq_quality >= ${LEAST_QUALITY}
    )`;
  return count;
}
