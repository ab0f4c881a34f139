import { recordAudit } from '../../audit/record-audit.ts';
import type { Database, Transaction } from '../../database/database.ts';
import { AppError } from '../../errors/app-error.ts';
import type { Proposal } from '../../generated/prisma/client.ts';
import type { JobQueue } from '../../jobs/job-queue.ts';
import { pictureOf } from '../../preview/screen.ts';
import { type ReviewAct, settleBlock } from '../reviews/proposals.ts';
import {
  type AddedHashes,
  addHashes,
  type BlockOptions,
  blockedFile,
  countBlock,
} from './block-hashes.ts';
import type { EntryTerms } from './blocklist-entries.ts';
import { type BlocklistHash, hashesOf } from './blocklist-index.ts';
import type { BlockedFile } from './blocklist-schemas.ts';

type BlockTerms = Omit<EntryTerms, 'source'> & Pick<BlockOptions, 'applyToExisting'>;

/**
 * Blocks what an attachment shows: its bytes and, for a picture, similar pictures; or proposes that, when its reason
 * code takes two people.
 *
 * @throws AppError `not_found`, `media_deleted`, or `media_not_stored` while its bytes are not here
 */
export type BlockMedia = (
  sid: string,
  terms: BlockTerms & BlockOptions,
) => Promise<BlockedFile | Proposal>;

export function createBlockMedia(
  { prisma }: Database,
  { queue, reviewAct }: { queue: JobQueue; reviewAct: ReviewAct },
): BlockMedia {
  return async (sid, { dryRun, ...terms }) => {
    const hashes = await readHashes(prisma, sid);
    if (dryRun) return countBlock(prisma, hashes, terms.policy);
    const proposal = await reviewAct({ ...terms, act: 'block', mediaSid: sid });
    if (proposal !== null) return proposal;
    const added = await prisma.$transaction((tx) => blockHashesOf(tx, queue, sid, hashes, terms));
    return blockedFile(prisma, hashes, added);
  };
}

/**
 * The hashes that a stored attachment is blocked by.
 *
 * @throws AppError `not_found`, `media_deleted`, `media_not_stored`
 */
export async function readHashes(
  { media: table }: Pick<Transaction, 'media'>,
  sid: string,
): Promise<BlocklistHash[]> {
  const media = await table.findUnique({ where: { sid }, include: { blob: true } });
  if (media === null) throw new AppError('not_found', 'There is no media with this sid.');
  if (media.state === 'deleted') throw new AppError('media_deleted', 'This media was deleted.');
  // Its picture hash is not known until its preview is made.
  if (media.state !== 'stored' || media.blob === null) {
    throw new AppError('media_not_stored', `There is nothing to go by: it is ${media.state}.`);
  }
  return hashesOf(media.blob.sha256, pictureOf(media.blob));
}

/**
 * Adds the hashes of an attachment to the blocklist, and records that in the attachment's own story. It ends the
 * proposal of the same.
 *
 * @param tx the caller commits it; the blocklist is locked until then, and then the media
 */
export async function blockHashesOf(
  tx: Transaction,
  queue: JobQueue,
  sid: string,
  hashes: readonly BlocklistHash[],
  { applyToExisting, ...terms }: BlockTerms,
): Promise<AddedHashes> {
  const added = await addHashes(
    tx,
    queue,
    hashes,
    { ...terms, source: 'decision' },
    applyToExisting,
  );
  const { actor, reasonCode, reason, policy } = terms;
  const entries = added.entries.map(({ id }) => String(id));
  const entry = { actor, target: sid, reasonCode, reason };
  const after = { policy, applyToExisting, entries };
  await recordAudit(tx, [{ ...entry, action: 'media.block', after }]);
  await settleBlock(tx, sid, { act: 'block', policy, applyToExisting }, actor);
  return added;
}
