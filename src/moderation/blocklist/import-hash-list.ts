import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { recordAudit } from '../../audit/record-audit.ts';
import type { Database, Transaction } from '../../database/database.ts';
import type { Prisma } from '../../generated/prisma/client.ts';
import type { JobQueue } from '../../jobs/job-queue.ts';
import { type Added, countExisting, MAX_COUNTED, sendApply } from './block-hashes.ts';
import { addEntries, type EntryTerms } from './blocklist-entries.ts';
import type { BlocklistHash } from './blocklist-index.ts';
import { parseHashList } from './parse-hash-list.ts';

/** What a list added. */
export interface ImportedList extends Added {
  /** Repetitions of hashes in the list, without the first occurrence of each. */
  duplicates: number;
  /** Lines without a valid hash: how many, and the first hundred. */
  badLines: { count: number; lines: { line: number; problem: string }[] };
}

/**
 * Adds a list of hashes of any length, in batches, between which other work can use the database. If it
 * stops half way, what was added stays, and the same list can be sent again.
 */
export type ImportHashList = (
  file: { path: string; size: number; sha256: string },
  terms: EntryTerms,
  applyToExisting: boolean,
) => Promise<ImportedList>;

export function createImportHashList({ prisma }: Database, queue: JobQueue): ImportHashList {
  return async ({ path, size, sha256 }, terms, applyToExisting) => {
    const { actor, reasonCode, reason, policy } = terms;
    const act = { actor, target: randomUUID(), reasonCode, reason };
    const record = (tx: Transaction, after: Prisma.InputJsonObject) =>
      recordAudit(tx, [{ ...act, action: 'blocklist.upload', after }]);
    const first: BlocklistHash[] = [];
    let added = 0;
    let raised = 0;

    const file = createReadStream(path);
    const report = await parseHashList(file, async (hashes) => {
      const written = await prisma.$transaction(async (tx) => {
        // Recorded before all hashes are added: if it stops half way, the audit log says whose they are.
        if (first.length === 0) await record(tx, { policy, size, sha256 });
        return addEntries(tx, hashes, terms);
      });
      const fresh = written.filter(({ isNew }) => isNew).length;
      added += fresh;
      raised += written.length - fresh;
      // More than the maximum that is counted, so that `countExisting` detects too many.
      if (first.length <= MAX_COUNTED) first.push(...hashes.slice(0, MAX_COUNTED + 1));
    });

    const { taken, duplicates, bad, problems } = report;
    const counts = { added, raised, known: taken - added - raised, duplicates };
    if (taken > 0) {
      await prisma.$transaction(async (tx) => {
        await record(tx, { ...counts, badLines: bad });
        if (applyToExisting) await sendApply(tx, queue, terms);
      });
    }
    const matchesExisting = await countExisting(prisma, first);
    return { ...counts, matchesExisting, badLines: { count: bad, lines: problems } };
  };
}
