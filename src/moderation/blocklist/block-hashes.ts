import { randomUUID } from 'node:crypto';
import { recordAudit } from '../../audit/record-audit.ts';
import type { Database, Transaction } from '../../database/database.ts';
import type { JobQueue } from '../../jobs/job-queue.ts';
import type { Decider } from '../apply-decision.ts';
import { addEntries, type EntryTerms } from './add-entries.ts';
import type { BlocklistHash } from './blocklist-hash.ts';
import { countExisting } from './count-existing.ts';
import { type BlocklistItem, blocklistItem } from './list-blocklist.ts';

/** What adding hashes did. */
export interface Added {
  /** Hashes that were not in the blocklist. */
  added: number;
  /** Those that were there and got a stricter policy. */
  raised: number;
  /** Those that were there and stay as they were. */
  known: number;
  /** How many stored media match; null for too many hashes to count that at once. */
  matchesExisting: number | null;
}

/** Adds the hashes of one file to the blocklist, and on request applies that to what is here. */
export type BlockHashes = (
  hashes: readonly BlocklistHash[],
  terms: EntryTerms,
  applyToExisting: boolean,
) => Promise<Added & { entries: BlocklistItem[] }>;

export function createBlockHashes({ prisma }: Database, queue: JobQueue): BlockHashes {
  return async (hashes, terms, applyToExisting) => {
    const { written, entries } = await prisma.$transaction((tx) =>
      add(tx, hashes, terms, applyToExisting),
    );
    const added = written.filter(({ isNew }) => isNew).length;
    return {
      ...{ added, raised: written.length - added, known: entries.length - written.length },
      matchesExisting: await countExisting(prisma, hashes),
      entries: entries.map(blocklistItem),
    };
  };

  async function add(
    tx: Transaction,
    hashes: readonly BlocklistHash[],
    terms: EntryTerms,
    applyToExisting: boolean,
  ) {
    const written = await addEntries(tx, hashes, terms);
    const { actor, reasonCode, reason, policy, source } = terms;
    await recordAudit(
      tx,
      written.map(({ id, kind, isNew }) => ({
        ...{ actor, action: 'blocklist.add', target: String(id), reasonCode, reason },
        after: { kind, policy, source, isNew },
      })),
    );
    if (applyToExisting) await sendApply(tx, queue, terms);
    const or = hashes.map(({ kind, hash }) => ({ kind, hash }));
    const entries = await tx.blocklistEntry.findMany({
      where: { OR: or, removedAt: null },
      orderBy: { id: 'asc' },
    });
    return { written, entries };
  }
}

/**
 * Has the blocklist applied to what is stored already. What comes of it is the blocklist's decision; the
 * audit log says here who wanted it, also where every hash was known.
 *
 * @param tx the caller commits it
 */
export async function sendApply(
  tx: Transaction,
  queue: JobQueue,
  { actor, reasonCode, reason }: Decider,
): Promise<void> {
  const id = randomUUID();
  const act = { actor, action: 'blocklist.apply', target: id, reasonCode, reason } as const;
  await recordAudit(tx, [act]);
  await queue.send(tx, 'apply-blocklist', [{ payload: { id, after: '' } }]);
}
