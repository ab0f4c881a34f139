import type { Transaction } from '../../database/database.ts';
import type { BlocklistPolicy } from '../../generated/prisma/client.ts';
import type { Judgement } from '../judgement.ts';
import {
  type BlocklistIndex,
  isMatchable,
  LAST_CHANGE,
  type PictureHash,
} from './blocklist-index.ts';

/** What the blocklist recognises a file by. */
export interface Recognisable {
  sha256: string;
  /** Null unless the file is a picture. */
  picture: PictureHash | null;
}

/** The entry that a file matches: of several the strictest, and of equally strict ones the nearest. */
export interface BlocklistMatch {
  id: bigint;
  policy: BlocklistPolicy;
  reasonCode: string | null;
  kind: 'sha256' | 'pdq';
  /** In how many of 256 bits the pictures' hashes differ; 0 for the same bytes. */
  distance: number;
}

/**
 * Matches bytes against the blocklist, in one statement unless it has changed since the last call.
 *
 * @param db the database, or a transaction that holds the blocklist: then no entry is missed that was
 *   committed before it ends
 * @returns by hash, the matches
 */
export async function matchBlobs(
  db: Pick<Transaction, '$queryRaw'>,
  index: BlocklistIndex,
  given: readonly Recognisable[],
): Promise<Map<string, BlocklistMatch>> {
  for (;;) {
    // Of the index as it is searched now: another caller may refresh it while the statement runs.
    const position = index.position();
    const read = await readMatches(db, index, given);
    if (position >= read.last) return read.matches;
    await index.refresh(db);
  }
}

async function readMatches(
  db: Pick<Transaction, '$queryRaw'>,
  index: BlocklistIndex,
  given: readonly Recognisable[],
): Promise<{ matches: Map<string, BlocklistMatch>; last: bigint }> {
  const near = given.flatMap(({ sha256, picture }) => {
    if (!isMatchable(picture)) return [];
    return index.search(Buffer.from(picture.hash, 'hex')).map((match) => ({ sha256, ...match }));
  });
  const [{ last, matches }] = await db.$queryRaw<
    [{ last: bigint; matches: (Omit<BlocklistMatch, 'id'> & { id: string; sha256: string })[] }]
  >`
    WITH near AS (
      SELECT hash AS sha256, id, 0 AS distance FROM blocklist_entry
      WHERE kind = 'sha256' AND hash = ANY(${given.map(({ sha256 }) => sha256)}::text[])
      UNION ALL
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(near)}::jsonb)
        AS row (sha256 text, id bigint, distance int)
    ), nearest AS (
      SELECT DISTINCT ON (sha256) sha256, entry.id::text AS id, policy, reason_code AS "reasonCode", kind, distance
      -- OFFSET 0: each is looked up. PostgreSQL expects a hundred, for which it may read the whole list.
      FROM near CROSS JOIN LATERAL (
        SELECT * FROM blocklist_entry WHERE blocklist_entry.id = near.id OFFSET 0
      ) AS entry
      WHERE removed_at IS NULL
      ORDER BY sha256, policy DESC, distance, kind, entry.id
    )
    SELECT ${LAST_CHANGE} AS last,
      coalesce((SELECT json_agg(nearest) FROM nearest), '[]') AS matches`;
  return {
    last,
    matches: new Map(
      matches.map(({ sha256, id, ...match }) => [sha256, { ...match, id: BigInt(id) }]),
    ),
  };
}

/** The judgement that a matching entry's policy demands, with the reason for the audit log. */
export function judgeMatch({ id, kind, policy, reasonCode, distance }: BlocklistMatch): Judgement {
  const how = kind === 'sha256' ? 'the same bytes' : `distance ${distance}`;
  return {
    act: policy,
    caughtBy: { entryId: id, distance: kind === 'sha256' ? null : distance },
    decider: {
      actor: 'system:blocklist',
      reasonCode: reasonCode ?? 'blocklist',
      reason: `matches blocklist entry ${id}, ${how}`,
    },
  };
}
