import type { Transaction } from '../../database/database.ts';
import type { BlocklistPolicy, BlocklistSource } from '../../generated/prisma/client.ts';
import type { Reason } from '../../http/reason-schema.ts';
import type { BlocklistHash } from './blocklist-hash.ts';
import { lockBlocklist } from './blocklist-lock.ts';

/** What is said of hashes that are added together. */
export interface EntryTerms extends Reason {
  policy: BlocklistPolicy;
  source: BlocklistSource;
  /** The name of a key. */
  actor: string;
}

/** An entry that was written: a new hash, or one whose policy became stricter. */
export interface WrittenEntry extends BlocklistHash {
  id: bigint;
  isNew: boolean;
}

/**
 * Adds hashes. One that is there already stays as it is, unless the policy is stricter now; one that
 * was removed comes back under its old number.
 *
 * @param tx the caller commits it; the blocklist is claimed until then, so do nothing slow afterwards
 * @param hashes some thousands at the most, in one statement
 * @returns those that were written; the others were known
 */
export async function addEntries(
  tx: Transaction,
  hashes: readonly BlocklistHash[],
  { policy, source, actor, reasonCode, reason }: EntryTerms,
): Promise<WrittenEntry[]> {
  await lockBlocklist(tx);
  const kinds = hashes.map(({ kind }) => kind);
  const values = hashes.map(({ hash }) => hash);
  return tx.$queryRaw<WrittenEntry[]>`
    WITH given AS (
      SELECT DISTINCT kind::"BlocklistKind", hash
      FROM unnest(${kinds}::text[], ${values}::text[]) AS row (kind, hash)
    ), known AS (
      -- One after the other by the index: where the table grew fast, a join would read all of it.
      SELECT kind, hash FROM given CROSS JOIN LATERAL (
        SELECT 1 FROM blocklist_entry AS entry
        WHERE entry.kind = given.kind AND entry.hash = given.hash AND removed_at IS NULL LIMIT 1
      ) AS entry
    ), written AS (
      INSERT INTO blocklist_entry AS entry
        (kind, hash, policy, reason_code, reason, source, created_by)
      SELECT kind, hash, ${policy}::"BlocklistPolicy", ${reasonCode}, ${reason},
        ${source}::"BlocklistSource", ${actor}
      FROM given
      ON CONFLICT (kind, hash) DO UPDATE SET
        policy = EXCLUDED.policy, reason_code = EXCLUDED.reason_code, reason = EXCLUDED.reason,
        source = EXCLUDED.source, created_by = EXCLUDED.created_by, created_at = now(),
        removed_by = NULL, removed_at = NULL,
        change = nextval(pg_get_serial_sequence('blocklist_entry', 'change'))
      WHERE entry.removed_at IS NOT NULL OR entry.policy < EXCLUDED.policy
      RETURNING id, kind, hash
    )
    SELECT id, kind, hash, known.hash IS NULL AS "isNew"
    FROM written LEFT JOIN known USING (kind, hash)
    ORDER BY id`;
}
