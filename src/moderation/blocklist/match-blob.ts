import type { Transaction } from '../../database/database.ts';
import type { BlocklistPolicy } from '../../generated/prisma/client.ts';
import type { Judgement } from '../judgement.ts';
import { type BlocklistIndex, isMatchable, type PictureHash } from './blocklist-index.ts';

/** What the blocklist recognises a file by. */
export interface Recognisable {
  sha256: string;
  /** Null unless the file is a picture. */
  picture: PictureHash | null;
}

/** The entry that a file matches: of several the strictest, and of equally strict ones the nearest. */
interface BlocklistMatch {
  id: bigint;
  policy: BlocklistPolicy;
  reasonCode: string | null;
  kind: 'sha256' | 'pdq';
  /** In how many of 256 bits the pictures' hashes differ; 0 for the same bytes. */
  distance: number;
}

/**
 * Matches bytes against the blocklist.
 *
 * @param db the database, or a transaction that holds the blocklist: then no entry is missed that was
 *   committed before it ends
 */
export async function matchBlob(
  db: Pick<Transaction, '$queryRaw'>,
  index: BlocklistIndex,
  { sha256, picture }: Recognisable,
): Promise<BlocklistMatch | null> {
  const near = isMatchable(picture) ? await lookAlikes(db, index, picture) : [];
  const [match] = await db.$queryRaw<BlocklistMatch[]>`
    SELECT id, policy, reason_code AS "reasonCode", kind, distance
    FROM (
      SELECT id, 0 AS distance FROM blocklist_entry WHERE kind = 'sha256' AND hash = ${sha256}
      UNION ALL
      SELECT * FROM unnest(${near.map(({ id }) => id)}::bigint[],
        ${near.map(({ distance }) => distance)}::int[])
    ) AS near (id, distance)
    JOIN blocklist_entry USING (id)
    WHERE removed_at IS NULL
    ORDER BY policy DESC, distance, kind, id
    LIMIT 1`;
  return match ?? null;
}

async function lookAlikes(
  db: Pick<Transaction, '$queryRaw'>,
  index: BlocklistIndex,
  { hash }: PictureHash,
) {
  await index.refresh(db);
  return index.search(Buffer.from(hash, 'hex'));
}

/** The judgement that a matching entry's policy demands, with the reason for the audit log. */
export function judgeMatch({ id, kind, policy, reasonCode, distance }: BlocklistMatch): Judgement {
  const how = kind === 'sha256' ? 'the same bytes' : `distance ${distance}`;
  return {
    act: policy,
    decider: {
      actor: 'system:blocklist',
      reasonCode: reasonCode ?? 'blocklist',
      reason: `matches blocklist entry ${id}, ${how}`,
    },
  };
}
