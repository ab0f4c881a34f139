import { randomUUID } from 'node:crypto';
import { recordAudit } from '../../audit/record-audit.ts';
import { PICTURES_BY_HASH } from '../../database/blob-scan.ts';
import type { Database, Transaction } from '../../database/database.ts';
import { MEDIA_BY_SID } from '../../database/media-scan.ts';
import { countRows, scanRows } from '../../database/scan-rows.ts';
import {
  type BlocklistEntry,
  type BlocklistPolicy,
  Prisma,
} from '../../generated/prisma/client.ts';
import type { JobQueue } from '../../jobs/job-queue.ts';
import { distanceWithin, readWords } from '../../pdq/hash-words.ts';
import type { Decider } from '../decisions.ts';
import { addEntries, countEntries, type EntryTerms } from './blocklist-entries.ts';
import { type BlocklistHash, MAX_DISTANCE, MIN_QUALITY } from './blocklist-index.ts';
import type { BlockedFile } from './blocklist-schemas.ts';
import { blocklistItems } from './list-blocklist.ts';

/** What a request to block takes besides the terms of the entries. */
export interface BlockOptions {
  applyToExisting: boolean;
  /** Only counts. */
  dryRun: boolean;
}

/** Adds the hashes of one file to the blocklist, and on request applies it to stored media. */
export type BlockHashes = (
  hashes: readonly BlocklistHash[],
  terms: EntryTerms,
  options: BlockOptions,
) => Promise<BlockedFile>;

export function createBlockHashes({ prisma }: Database, queue: JobQueue): BlockHashes {
  return async (hashes, terms, { applyToExisting, dryRun }) => {
    if (dryRun) return countBlock(prisma, hashes, terms.policy);
    const added = await prisma.$transaction((tx) =>
      addHashes(tx, queue, hashes, terms, applyToExisting),
    );
    return blockedFile(prisma, hashes, added);
  };
}

/** What adding hashes has written, and all entries of these hashes. */
export interface AddedHashes {
  written: Awaited<ReturnType<typeof addEntries>>;
  entries: BlocklistEntry[];
}

/**
 * Adds hashes to the blocklist, with entries in the audit log.
 *
 * @param tx the caller commits it; the blocklist is locked until then: media are locked behind it
 */
export async function addHashes(
  tx: Transaction,
  queue: JobQueue,
  hashes: readonly BlocklistHash[],
  terms: EntryTerms,
  applyToExisting: boolean,
): Promise<AddedHashes> {
  const written = await addEntries(tx, hashes, terms);
  const { actor, reasonCode, reason, policy, source } = terms;
  await recordAudit(
    tx,
    written.map(({ id, kind, isNew }) => ({
      actor,
      action: 'blocklist.add',
      target: String(id),
      reasonCode,
      reason,
      after: { kind, policy, source, isNew },
    })),
  );
  if (applyToExisting) await sendApply(tx, queue, terms);
  return { written, entries: await entriesOf(tx, hashes) };
}

function entriesOf(
  db: Pick<Transaction, 'blocklistEntry'>,
  hashes: readonly BlocklistHash[],
): Promise<BlocklistEntry[]> {
  const or = hashes.map(({ kind, hash }) => ({ kind, hash }));
  return db.blocklistEntry.findMany({
    where: { OR: or, removedAt: null },
    orderBy: { id: 'asc' },
  });
}

/** What adding hashes would do: the answer of a dry run. Nothing is written or recorded. */
export async function countBlock(
  db: Db & Pick<Transaction, 'blocklistEntry'>,
  hashes: readonly BlocklistHash[],
  policy: BlocklistPolicy,
): Promise<BlockedFile> {
  return {
    dryRun: true,
    ...(await countEntries(db, hashes, policy)),
    matchesExisting: await countExisting(db, hashes),
    entries: await blocklistItems(db, await entriesOf(db, hashes)),
  };
}

/** What adding hashes did, as the API returns it. */
export async function blockedFile(
  db: Db,
  hashes: readonly BlocklistHash[],
  { written, entries }: AddedHashes,
): Promise<BlockedFile> {
  const added = written.filter(({ isNew }) => isNew).length;
  return {
    added,
    raised: written.length - added,
    known: entries.length - written.length,
    matchesExisting: await countExisting(db, hashes),
    entries: await blocklistItems(db, entries),
  };
}

/**
 * Queues a job that applies the blocklist to stored media. The resulting decisions are the blocklist's; this
 * audit entry says who requested that, also when every hash was known.
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

/** Every stored picture is compared with each hash: with more hashes that would take minutes. */
export const MAX_COUNTED = 100;

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
  if (hashes.length > MAX_COUNTED) return null;
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

/** The SHA-256 of stored pictures that are similar to one of the hashes. */
async function lookAlikes(db: Db, hashes: readonly string[]): Promise<string[]> {
  if (hashes.length === 0) return [];
  const queries = hashes.map(readWords);
  const found: string[] = [];
  const matchable = {
    ranges: [Prisma.sql`true`],
    filter: Prisma.sql`pdq_quality >= ${MIN_QUALITY}`,
  };
  for await (const pictures of scanRows(db, PICTURES_BY_HASH, matchable)) {
    for (const { sha256, pdq } of pictures) {
      const words = readWords(pdq);
      const isNear = (query: Uint32Array) =>
        distanceWithin(words, 0, query, MAX_DISTANCE) <= MAX_DISTANCE;
      if (queries.some(isNear)) found.push(sha256);
    }
  }
  return found;
}
