import type { Transaction } from '../../database/database.ts';
import { MEDIA_BY_SID } from '../../database/media-scan.ts';
import { countRows, type ScanOrder, scanRows } from '../../database/scan-rows.ts';
import { Prisma } from '../../generated/prisma/client.ts';
import { distanceWithin, WORDS, writeWords } from '../../pdq/hash-words.ts';
import { type BlocklistHash, LEAST_QUALITY, MOST_DISTANCE } from './blocklist-hash.ts';

/** Every picture is compared with each hash: for more of them that would take minutes. */
export const MOST_COUNTED = 100;

type Db = Pick<Transaction, '$queryRaw'>;

/**
 * How many stored media match hashes.
 *
 * @returns null for more than 100 hashes: that would take too long
 */
export async function countExisting(
  db: Db,
  hashes: readonly BlocklistHash[],
): Promise<number | null> {
  if (hashes.length > MOST_COUNTED) return null;
  const of = (wanted: BlocklistHash['kind']) =>
    hashes.filter(({ kind }) => kind === wanted).map(({ hash }) => hash);
  const sha256s = new Set([...of('sha256'), ...(await lookAlikes(db, of('pdq')))]);
  let count = 0;
  for (const sha256 of sha256s) {
    const stored = {
      ranges: [Prisma.sql`blob_sha256 = ${sha256}`],
      filter: Prisma.sql`state = 'stored'`,
    };
    count += await countRows(db, MEDIA_BY_SID, stored);
  }
  return count;
}

const PICTURES: ScanOrder<{ sha256: string; pdq: string }, { sha256: string }> = {
  table: Prisma.sql`blob`,
  columns: { sha256: 'sha256', pdq: 'pdq' },
  orderBy: Prisma.sql`sha256`,
  after: ({ sha256 }) => Prisma.sql`sha256 > ${sha256}`,
};

/** The bytes that show what one of the hashes does. */
async function lookAlikes(db: Db, hashes: readonly string[]): Promise<string[]> {
  if (hashes.length === 0) return [];
  const queries = hashes.map(wordsOf);
  const found: string[] = [];
  const telling = {
    ranges: [Prisma.sql`true`],
    filter: Prisma.sql`pdq_quality >= ${LEAST_QUALITY}`,
  };
  for await (const pictures of scanRows(db, PICTURES, telling)) {
    for (const { sha256, pdq } of pictures) {
      const words = wordsOf(pdq);
      const isNear = (query: Uint32Array) =>
        distanceWithin(words, 0, query, MOST_DISTANCE) <= MOST_DISTANCE;
      if (queries.some(isNear)) found.push(sha256);
    }
  }
  return found;
}

function wordsOf(hash: string): Uint32Array {
  const words = new Uint32Array(WORDS);
  writeWords(Buffer.from(hash, 'hex'), words, 0);
  return words;
}
