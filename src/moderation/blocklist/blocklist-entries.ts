import { recordAudit } from '../../audit/record-audit.ts';
import type { Database, Transaction } from '../../database/database.ts';
import { AppError } from '../../errors/app-error.ts';
import type { BlocklistPolicy, BlocklistSource } from '../../generated/prisma/client.ts';
import type { Reason } from '../../http/fields.ts';
import type { Decider } from '../decisions.ts';

import type { BlocklistHash } from './blocklist-index.ts';
import { countCatches } from './catches.ts';

/** What hashes that are added together have in common. */
export interface EntryTerms extends Reason {
  policy: BlocklistPolicy;
  source: BlocklistSource;
  /** The name of a key. */
  actor: string;
}

/** An entry that was written: a new hash, or one whose policy became stricter. */
interface WrittenEntry extends BlocklistHash {
  id: bigint;
  isNew: boolean;
}

/**
 * Adds hashes. A known one stays as it is, unless the policy is stricter now; one that was removed is
 * restored with its old id.
 *
 * @param tx the caller commits it; the blocklist is locked until then, so do nothing slow afterwards
 * @param hashes a few thousand at most, in one statement
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
      -- Index lookups one by one: when the table grew fast, a join would read all of it.
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

/** What adding hashes would write. */
export interface EntryCounts {
  /** Hashes that are not in the blocklist. */
  added: number;
  /** Those that are, and would get a stricter policy. */
  raised: number;
  /** Those that are, and stay as they are. */
  known: number;
}

/** Counts what `addEntries` would write; nothing is written or locked. */
export async function countEntries(
  db: Pick<Transaction, '$queryRaw'>,
  hashes: readonly BlocklistHash[],
  policy: BlocklistPolicy,
): Promise<EntryCounts> {
  const kinds = hashes.map(({ kind }) => kind);
  const values = hashes.map(({ hash }) => hash);
  const [counts] = await db.$queryRaw<[EntryCounts]>`
    WITH given AS (
      SELECT DISTINCT kind::"BlocklistKind", hash
      FROM unnest(${kinds}::text[], ${values}::text[]) AS row (kind, hash)
    )
    SELECT
      count(*) FILTER (WHERE policy IS NULL)::int AS added,
      count(*) FILTER (WHERE policy < ${policy}::"BlocklistPolicy")::int AS raised,
      count(*) FILTER (WHERE policy >= ${policy}::"BlocklistPolicy")::int AS known
    FROM given LEFT JOIN LATERAL (
      SELECT policy FROM blocklist_entry AS entry
      WHERE entry.kind = given.kind AND entry.hash = given.hash AND removed_at IS NULL LIMIT 1
    ) AS entry ON true`;
  return counts;
}

// Arbitrary, but different from the keys of other advisory locks.
const LOCK = 7_263_094_511n;

/**
 * Locks the blocklist for writing until the transaction ends. Writers take turns, so their changes are
 * numbered in the order of their commits.
 */
async function lockBlocklist(tx: Transaction): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${LOCK})`;
}

/**
 * Keeps the blocklist as it is until the transaction ends: what is stored meanwhile was matched
 * against every entry that was committed before it.
 */
export async function holdBlocklist(tx: Transaction): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock_shared(${LOCK})`;
}

/**
 * Counts what an entry has caught, before it is removed; nothing is changed or recorded.
 *
 * @throws AppError `not_found`, also for one that was removed before
 */
export type CountRemoval = (id: bigint) => Promise<{ caught: number }>;

export function createCountRemoval({ prisma }: Database): CountRemoval {
  return async (id) => {
    const entry = await prisma.blocklistEntry.findFirst({ where: { id, removedAt: null } });
    if (entry === null) throw noSuchEntry();
    return { caught: (await countCatches(prisma, [id])).get(id) ?? 0 };
  };
}

function noSuchEntry(): AppError {
  return new AppError('not_found', 'The blocklist has no entry with this number.');
}

/**
 * Removes an entry from the blocklist. Media that it matched stay as they are; new ones are not blocked.
 *
 * @throws AppError `not_found`, also for one that was removed before
 */
export type RemoveEntry = (id: bigint, decider: Decider) => Promise<void>;

export function createRemoveEntry({ prisma }: Database): RemoveEntry {
  return (id, { actor, ...why }) =>
    prisma.$transaction(async (tx) => {
      await lockBlocklist(tx);
      const [entry] = await tx.$queryRaw<{ kind: string; policy: string }[]>`
        UPDATE blocklist_entry SET removed_by = ${actor}, removed_at = now(),
          change = nextval(pg_get_serial_sequence('blocklist_entry', 'change'))
        WHERE id = ${id} AND removed_at IS NULL
        RETURNING kind, policy`;
      if (entry === undefined) throw noSuchEntry();
      await recordAudit(tx, [
        { actor, ...why, action: 'blocklist.remove', target: String(id), before: entry },
      ]);
    });
}
