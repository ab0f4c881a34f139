import { recordAudit } from '../../audit/record-audit.ts';
import type { Database, Transaction } from '../../database/database.ts';
import { AppError } from '../../errors/app-error.ts';
import type { BlocklistPolicy, Media, Proposal } from '../../generated/prisma/client.ts';
import type { Decider } from '../decisions.ts';
import type { CountDeletion } from '../deletions/delete-media.ts';
import type { DeletionScope } from '../deletions/record-deletion.ts';
import { endClaims } from './settle-reviews.ts';

/** What would be done: a deletion, or a block of what the attachment shows. */
export type ProposedAct =
  | { act: 'delete'; scope: DeletionScope; withMessages: boolean }
  | { act: 'block'; policy: BlocklistPolicy; applyToExisting: boolean };

/** An act of a person or a program on an attachment. */
export type ReviewedAct = ProposedAct & Decider & { mediaSid: string };

/** Whether deletes and blocks with a reason code take two people. */
async function takesTwo(
  { reasonCode: codes }: Pick<Transaction, 'reasonCode'>,
  reasonCode: string | null,
): Promise<boolean> {
  if (reasonCode === null) return false;
  const code = await codes.findUnique({ where: { code: reasonCode }, select: { reviewers: true } });
  return code !== null && code.reviewers > 1;
}

/**
 * Whether an act may be carried out: its reason code takes one person, or somebody else has proposed the same. Otherwise
 * it becomes a proposal, and the attachment is escalated to a second person. Asked again after a crash, it answers the same.
 *
 * @param tx has locked neither the row of the media nor claims; the caller commits it before it carries out the act
 * @returns null when it may be carried out
 * @throws AppError `not_found`, `media_deleted`
 */
export async function proposeUnlessSecond(
  tx: Transaction,
  wanted: ReviewedAct,
): Promise<Proposal | null> {
  const { mediaSid, actor, reasonCode, reason } = wanted;
  if (reasonCode === null || !(await takesTwo(tx, reasonCode))) return null;
  await lockMedia(tx, mediaSid);
  const open = await tx.proposal.findUnique({ where: { mediaSid } });
  const terms = termsOf(wanted);
  const entry = { actor, target: mediaSid, reasonCode, reason, after: terms };
  if (open !== null && open.reasonCode === reasonCode && isSame(open, terms)) {
    if (open.confirmedBy === actor) return null;
    if (open.proposedBy === actor) return open;
    await tx.proposal.update({ where: { mediaSid }, data: { confirmedBy: actor } });
    const before = { proposedBy: open.proposedBy };
    await recordAudit(tx, [{ ...entry, action: 'media.confirm', before }]);
    return null;
  }
  const data = {
    ...{ scope: null, withMessages: null, policy: null, applyToExisting: null, confirmedBy: null },
    ...terms,
    ...{ reasonCode, reason, proposedBy: actor, proposedAt: new Date() },
  };
  const proposal = await tx.proposal.upsert({
    where: { mediaSid },
    create: { mediaSid, ...data },
    update: data,
  });
  await tx.media.update({
    where: { sid: mediaSid },
    data: { escalatedAt: data.proposedAt, escalatedBy: actor, escalationReason: reason },
  });
  await endClaims(tx, [mediaSid], 'escalated', actor);
  await recordAudit(tx, [{ ...entry, action: 'media.propose' }]);
  return proposal;
}

/**
 * `proposeUnlessSecond` in a transaction of its own, for acts that go out at once.
 *
 * @throws AppError also what a deletion would throw that is not possible
 */
export type ReviewAct = (wanted: ReviewedAct) => Promise<Proposal | null>;

export function createReviewAct({ prisma }: Database, countDeletion: CountDeletion): ReviewAct {
  return async (wanted) => {
    if (!(await takesTwo(prisma, wanted.reasonCode))) return null;
    if (wanted.act === 'delete') await countDeletion({ ...wanted, sid: wanted.mediaSid });
    return prisma.$transaction((tx) => proposeUnlessSecond(tx, wanted));
  };
}

/**
 * Refuses a reason code that takes two people, for acts that cannot wait for a second one.
 *
 * @throws AppError `second_reviewer_needed`
 */
export type RequireOneReviewer = (reasonCode: string | null) => Promise<void>;

export function createRequireOneReviewer({ prisma }: Database): RequireOneReviewer {
  return async (reasonCode) => {
    if (!(await takesTwo(prisma, reasonCode))) return;
    throw new AppError(
      'second_reviewer_needed',
      `Nothing is done: ${reasonCode} takes two people. Delete attachments one at a time with it.`,
    );
  };
}

/**
 * Ends the proposal of a block that was carried out, and with it the escalation.
 *
 * @param tx the caller commits it
 */
export async function endConfirmed(tx: Transaction, mediaSid: string, actor: string) {
  const where = { mediaSid, act: 'block', confirmedBy: actor };
  await tx.$queryRaw`SELECT sid FROM media WHERE sid = ${mediaSid} FOR NO KEY UPDATE`;
  const { count } = await tx.proposal.deleteMany({ where });
  if (count === 0) return;
  await tx.media.update({
    where: { sid: mediaSid },
    data: { escalatedAt: null, escalatedBy: null, escalationReason: null },
  });
  await endClaims(tx, [mediaSid], 'decided', actor);
}

async function lockMedia(tx: Transaction, sid: string): Promise<void> {
  const [media] = await tx.$queryRaw<Pick<Media, 'state'>[]>`
    SELECT state FROM media WHERE sid = ${sid} FOR NO KEY UPDATE`;
  if (media === undefined) throw new AppError('not_found', 'There is no media with this sid.');
  if (media.state === 'deleted') {
    throw new AppError(
      'media_deleted',
      'It was deleted before, and cannot wait for a second person.',
    );
  }
}

function termsOf(wanted: ProposedAct): ProposedAct {
  if (wanted.act === 'delete') {
    const { act, scope, withMessages } = wanted;
    return { act, scope, withMessages };
  }
  const { act, policy, applyToExisting } = wanted;
  return { act, policy, applyToExisting };
}

function isSame(proposal: Proposal, terms: ProposedAct): boolean {
  return Object.entries(terms).every(([name, value]) => proposal[name as keyof Proposal] === value);
}
