import { randomUUID } from 'node:crypto';
import { recordAudit } from '../../audit/record-audit.ts';
import { PICTURES_BY_HASH } from '../../database/blob-scan.ts';
import type { Database, Transaction } from '../../database/database.ts';
import { MEDIA_BY_SID } from '../../database/media-scan.ts';
import { countRows, scanRows } from '../../database/scan-rows.ts';
import { AppError } from '../../errors/app-error.ts';
import { Prisma, type Proposal } from '../../generated/prisma/client.ts';
import type { JobQueue } from '../../jobs/job-queue.ts';
import { distanceWithin, readWords } from '../../pdq/hash-words.ts';
import { pictureOf } from '../../preview/screen.ts';
import type { Decider } from '../decisions.ts';
import { endConfirmed, type ReviewAct } from '../reviews/proposals.ts';
import { addEntries, type EntryTerms } from './blocklist-entries.ts';
import { type BlocklistHash, hashesOf, MAX_DISTANCE, MIN_QUALITY } from './blocklist-index.ts';
import type { BlockedFile } from './blocklist-schemas.ts';
import { blocklistItem } from './list-blocklist.ts';

/** Adds the hashes of one file to the blocklist, and on request applies it to stored media. */
export type BlockHashes = (
  hashes: readonly BlocklistHash[],
  terms: EntryTerms,
  applyToExisting: boolean,
) => Promise<BlockedFile>;

export function createBlockHashes({ prisma }: Database, queue: JobQueue): BlockHashes {
  return async (hashes, terms, applyToExisting) => {
    const { written, entries } = await prisma.$transaction((tx) =>
      add(tx, hashes, terms, applyToExisting),
    );
    const added = written.filter(({ isNew }) => isNew).length;
    return {
      added,
      raised: written.length - added,
      known: entries.length - written.length,
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
        actor,
        action: 'blocklist.add',
        target: String(id),
        reasonCode,
        reason,
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

/**
 * Blocks what an attachment shows: its bytes and, for a picture, similar pictures; or proposes that, when its reason
 * code takes two people.
 *
 * @throws AppError `not_found`, `media_deleted`, or `media_not_stored` while its bytes are not here
 */
export type BlockMedia = (
  sid: string,
  terms: Omit<EntryTerms, 'source'>,
  applyToExisting: boolean,
) => Promise<BlockedFile | Proposal>;

export function createBlockMedia(
  { prisma }: Database,
  { blockHashes, reviewAct }: { blockHashes: BlockHashes; reviewAct: ReviewAct },
): BlockMedia {
  return async (sid, terms, applyToExisting) => {
    const media = await prisma.media.findUnique({ where: { sid }, include: { blob: true } });
    if (media === null) throw new AppError('not_found', 'There is no media with this sid.');
    if (media.state === 'deleted') throw new AppError('media_deleted', 'This media was deleted.');
    // Its picture hash is not known until its preview is made.
    if (media.state !== 'stored' || media.blob === null) {
      throw new AppError('media_not_stored', `There is nothing to go by: it is ${media.state}.`);
    }
    const wanted = { ...terms, act: 'block', mediaSid: sid, applyToExisting } as const;
    const proposal = await reviewAct(wanted);
    if (proposal !== null) return proposal;
    const hashes = hashesOf(media.blob.sha256, pictureOf(media.blob));
    const blocked = await blockHashes(hashes, { ...terms, source: 'decision' }, applyToExisting);
    await prisma.$transaction((tx) => endConfirmed(tx, sid, terms.actor));
    return blocked;
  };
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
