import { recordAudit } from '../../audit/record-audit.ts';
import type { Database, Transaction } from '../../database/database.ts';
import { AppError } from '../../errors/app-error.ts';
import type { BlocklistPolicy, Media, Proposal } from '../../generated/prisma/client.ts';
import { storedAct } from '../act-kinds.ts';
import type { Decider } from '../decisions.ts';
import type { CountDeletion } from '../deletions/delete-media.ts';
import type { DeletionScope } from '../deletions/record-deletion.ts';
import { kindOf, proposalsOf, replaceProposals } from './open-proposals.ts';
import { endClaims } from './settle-reviews.ts';

/** What would be done: a deletion, or a block of what the attachment shows or of its sender. */
type ProposedAct =
  | { act: 'delete'; scope: DeletionScope; withMessages: boolean; blockSender: boolean }
  | ProposedBlock;

type ProposedBlock =
  | { act: 'block'; policy: BlocklistPolicy; applyToExisting: boolean }
  | { act: 'block-sender' };

/** An act of a person or a program on an attachment. */
export type ReviewedAct = ProposedAct & Decider & { mediaSid: string };

/** How many people deletes and blocks with a reason code take; undefined when it is not in the list. */
async function reviewersOf(
  { reasonCode: codes }: Pick<Transaction, 'reasonCode'>,
  reasonCode: string | null,
): Promise<number | undefined> {
  if (reasonCode === null) return undefined;
  const code = await codes.findUnique({ where: { code: reasonCode }, select: { reviewers: true } });
  return code?.reviewers;
}

/**
 * Whether an act takes two people.
 *
 * @throws AppError `invalid_request` when it is proposed with the same code, which was removed from the list since
 */
export async function takesTwo(
  db: Pick<Transaction, 'reasonCode' | 'proposal'>,
  { mediaSid, act, reasonCode }: Pick<ReviewedAct, 'mediaSid' | 'act' | 'reasonCode'>,
): Promise<boolean> {
  if (reasonCode === null) return false;
  const reviewers = await reviewersOf(db, reasonCode);
  if (reviewers !== undefined) return reviewers > 1;
  const open = await proposalsOf(db, mediaSid);
  if (!open.some((one) => kindOf(one) === act && one.reasonCode === reasonCode)) return false;
  const message = `${reasonCode} is not in the list any more, and what was proposed with it cannot be confirmed`;
  throw new AppError('invalid_request', `${message}: use another reason code.`, {
    fields: [{ field: 'reasonCode', message }],
  });
}

/**
 * Whether an act may be carried out: its reason code takes one person, or somebody else has proposed the same. Otherwise
 * it becomes a proposal, in the place of another one of its kind, and the attachment is escalated to a second person. Asked
 * again after a crash, it answers the same.
 *
 * @param tx has locked neither the row of the media nor claims; the caller commits it before it carries out the act
 * @returns null when it may be carried out
 * @throws AppError `not_found`, `media_deleted`; `invalid_request` as `takesTwo`
 */
export async function proposeUnlessSecond(
  tx: Transaction,
  wanted: ReviewedAct,
): Promise<Proposal | null> {
  const { mediaSid, actor, reasonCode, reason } = wanted;
  if (reasonCode === null || !(await takesTwo(tx, wanted))) return null;
  await lockMedia(tx, mediaSid);
  const proposals = await proposalsOf(tx, mediaSid);
  const open = proposals.find((one) => kindOf(one) === wanted.act);
  const others = proposals.filter((one) => one !== open);
  const terms = termsOf(wanted);
  const entry = { actor, target: mediaSid, reasonCode, reason, after: terms };
  if (open !== undefined && open.reasonCode === reasonCode && isSame(open, terms)) {
    if (open.confirmedBy === actor) return null;
    if (open.proposedBy === actor) return open;
    await replaceProposals(tx, mediaSid, [...others, { ...open, confirmedBy: actor }]);
    const before = { proposedBy: open.proposedBy };
    await recordAudit(tx, [{ ...entry, action: 'media.confirm', before }]);
    return null;
  }
  const proposal: Proposal = {
    ...{ scope: null, withMessages: null, policy: null, applyToExisting: null, confirmedBy: null },
    ...terms,
    ...{ mediaSid, reasonCode, reason, proposedBy: actor, proposedAt: new Date() },
  };
  await replaceProposals(tx, mediaSid, [...others, proposal]);
  await tx.media.update({
    where: { sid: mediaSid },
    data: { escalatedAt: proposal.proposedAt, escalatedBy: actor, escalationReason: reason },
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
    if (!(await takesTwo(prisma, wanted))) return null;
    if (wanted.act === 'delete') await countDeletion({ ...wanted, sid: wanted.mediaSid });
    return prisma.$transaction((tx) => proposeUnlessSecond(tx, wanted));
  };
}

/**
 * Refuses a reason code that takes two people, for acts that cannot wait for a second one.
 *
 * @param instead what to do with such a code
 * @throws AppError `second_reviewer_needed`
 */
export type RequireOneReviewer = (reasonCode: string | null, instead?: string) => Promise<void>;

export function createRequireOneReviewer({ prisma }: Database): RequireOneReviewer {
  return async (reasonCode, instead = 'Delete attachments one at a time with it.') => {
    if (((await reviewersOf(prisma, reasonCode)) ?? 1) < 2) return;
    throw new AppError(
      'second_reviewer_needed',
      `Nothing is done: ${reasonCode} takes two people. ${instead}`,
    );
  };
}

/**
 * Ends the proposal of a block that was carried out, by whomever and with whichever code; with the last proposal, the
 * escalation ends.
 *
 * @param tx the caller commits it; the media is locked, if it was proposed
 */
export async function settleBlock(
  tx: Transaction,
  mediaSid: string,
  done: ProposedBlock,
  actor: string,
): Promise<void> {
  const terms = termsOf(done);
  const isDone = (proposal: Proposal) => isSame(proposal, terms);
  if (!(await proposalsOf(tx, mediaSid)).some(isDone)) return;
  await tx.$queryRaw`SELECT sid FROM media WHERE sid = ${mediaSid} FOR NO KEY UPDATE`;
  const proposals = await proposalsOf(tx, mediaSid);
  const left = proposals.filter((proposal) => !isDone(proposal));
  if (left.length === proposals.length) return;
  await replaceProposals(tx, mediaSid, left);
  if (left.length > 0) return;
  await tx.media.update({
    where: { sid: mediaSid },
    data: { escalatedAt: null, escalatedBy: null, escalationReason: null },
  });
  await endClaims(tx, [mediaSid], 'acted', actor);
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

/** The columns of a proposal that say what would be done. */
type Terms = Pick<Proposal, 'act'> &
  Partial<Pick<Proposal, 'scope' | 'withMessages' | 'policy' | 'applyToExisting'>>;

function termsOf(wanted: ProposedAct): Terms {
  if (wanted.act === 'delete') {
    const { scope, withMessages } = wanted;
    return { act: storedAct('delete', wanted.blockSender), scope, withMessages };
  }
  if (wanted.act === 'block-sender') return { act: wanted.act };
  const { act, policy, applyToExisting } = wanted;
  return { act, policy, applyToExisting };
}

function isSame(proposal: Proposal, terms: Terms): boolean {
  return Object.entries(terms).every(([name, value]) => proposal[name as keyof Proposal] === value);
}
