import type { Logger } from 'pino';
import type { Database, Transaction } from '../../database/database.ts';
import { AppError } from '../../errors/app-error.ts';
import type { DelayedAct } from '../../generated/prisma/client.ts';
import type { JobHandler } from '../../jobs/job-list.ts';
import type { JobQueue } from '../../jobs/job-queue.ts';
import { ActEnded } from '../act-ended.ts';
import { actOf, BLOCK_KINDS } from '../act-kinds.ts';
import { blockHashesOf, readHashes } from '../blocklist/block-media.ts';
import { decideInTransaction, describeDecision } from '../decide-media.ts';
import type { Decider, Decision } from '../decisions.ts';
import type { DeleteMedia } from '../deletions/delete-media.ts';
import type { DeletionScope } from '../deletions/record-deletion.ts';
import { proposeUnlessSecond, type ReviewedAct } from '../reviews/proposals.ts';
import { blockSenderOf, readSender } from '../senders/block-sender.ts';
import type { SenderIds } from '../senders/sender-id.ts';
import type { CountStrikes } from '../senders/strikes.ts';
import { keptHashes, NO_HASHES } from './act-hashes.ts';
import type { ActItem } from './act-schemas.ts';

/**
 * The job `run-act`: carries out one act. What it changes and the end of the act are one transaction, which has locked
 * the row of the act: it happens once, or was cancelled. Whoever made it may have lost the right since.
 */
export function createRunAct(deps: {
  database: Database;
  queue: JobQueue;
  senderIds: SenderIds;
  deleteMedia: DeleteMedia;
  countStrikes: CountStrikes;
  log: Logger;
}): JobHandler<'run-act'> {
  const { queue, senderIds } = deps;
  const { prisma } = deps.database;

  async function run(id: string): Promise<void> {
    const act = await prisma.delayedAct.findUnique({ where: { id } });
    if (act === null || act.state !== 'waiting') return;
    try {
      await carryOut(act);
    } catch (error) {
      if (error instanceof ActEnded) return;
      // `unavailable`: it is deleted, and its files are removed by the job of the deletion.
      if (!(error instanceof AppError) || error.status >= 500) throw error;
      const { code, message } = error;
      await prisma.delayedAct.updateMany({
        where: { id, state: 'waiting' },
        data: {
          ...NO_HASHES,
          ...{ state: 'failed', endedAt: new Date(), problemCode: code, problem: message },
        },
      });
      deps.log.info({ actId: id, mediaSid: act.mediaSid, act: act.act, code }, 'act failed');
    }
  }

  async function carryOut(act: DelayedAct): Promise<void> {
    const { act: kind, blockSender } = actOf(act.act);
    if (kind === 'block') await blockPictureOnce(act);
    else if (kind === 'block-sender') await blockSenderOnce(act);
    else if (kind === 'delete') await deleteOnce(act, blockSender);
    else await prisma.$transaction((tx) => decideOnce(tx, act, kind));
  }

  async function decideOnce(tx: Transaction, act: DelayedAct, decision: Decision): Promise<void> {
    await lockWaiting(tx, act.id);
    const { mediaSid, expected } = act;
    const args = [mediaSid, decision, deciderOf(act), expected ?? undefined] as const;
    const { changed } = await decideInTransaction(tx, deps.countStrikes, ...args);
    await end(tx, act.id, { changed, proposed: false });
  }

  async function deleteOnce(act: DelayedAct, blockSender: boolean): Promise<void> {
    const { mediaSid, withMessages } = act;
    const scope = act.scope as DeletionScope;
    await runBlocksBefore(act);
    const address = blockSender ? await readSender(prisma, mediaSid) : null;
    const wanted = { act: 'delete', mediaSid, scope, withMessages, blockSender } as const;
    if (await isProposed(act, { ...deciderOf(act), ...wanted })) return;
    await deps.deleteMedia({
      ...deciderOf(act),
      sid: mediaSid,
      scope,
      withMessages,
      async alongside(tx, deletionId) {
        await lockWaiting(tx, act.id);
        await requireExpected(tx, act);
        if (address !== null) {
          await blockSenderOf(tx, senderIds, { mediaSid, address }, deciderOf(act));
        }
        await end(tx, act.id, { changed: true, proposed: false, deletionId });
      },
    });
  }

  /**
   * What was asked for before is done before: a deleted attachment has no proposal that could be confirmed, and may have no
   * sender any more.
   */
  async function runBlocksBefore({ mediaSid, createdAt, runsAt }: DelayedAct): Promise<void> {
    const due = { createdAt: { lte: createdAt }, runsAt: { lte: runsAt } };
    const blocks = await prisma.delayedAct.findMany({
      where: { mediaSid, state: 'waiting', act: { in: [...BLOCK_KINDS] }, ...due },
      orderBy: { createdAt: 'asc' },
    });
    for (const { id } of blocks) await run(id);
  }

  async function blockPictureOnce(act: DelayedAct): Promise<void> {
    const { mediaSid } = act;
    const hashes = keptHashes(act) ?? (await readHashes(prisma, mediaSid));
    const { policy, applyToExisting } = act;
    if (policy === null || applyToExisting === null) throw new Error('an act without its policy');
    const terms = { ...deciderOf(act), policy, applyToExisting };
    if (await isProposed(act, { ...terms, act: 'block', mediaSid })) return;
    await prisma.$transaction(async (tx) => {
      await lockWaiting(tx, act.id);
      const { written } = await blockHashesOf(tx, queue, mediaSid, hashes, terms);
      await end(tx, act.id, { changed: written.length > 0, proposed: false });
    });
  }

  async function blockSenderOnce(act: DelayedAct): Promise<void> {
    const { mediaSid } = act;
    const address = await readSender(prisma, mediaSid);
    if (await isProposed(act, { ...deciderOf(act), act: 'block-sender', mediaSid })) return;
    await prisma.$transaction(async (tx) => {
      await lockWaiting(tx, act.id);
      const sent = { mediaSid, address };
      const changed = await blockSenderOf(tx, senderIds, sent, deciderOf(act));
      await end(tx, act.id, { changed, proposed: false });
    });
  }

  /** Ends an act as a proposal, when its reason code takes two people and it is the first one's. */
  function isProposed(act: DelayedAct, wanted: ReviewedAct): Promise<boolean> {
    return prisma.$transaction(async (tx) => {
      // In the order of the deletion's own transaction.
      await requireExpected(tx, act);
      await lockWaiting(tx, act.id);
      if ((await proposeUnlessSecond(tx, wanted)) === null) return false;
      await end(tx, act.id, { changed: false, proposed: true });
      return true;
    });
  }

  return ({ id }) => run(id);
}

/** @throws ActEnded when it was cancelled, or another run has carried it out */
async function lockWaiting(tx: Transaction, id: string): Promise<void> {
  const rows = await tx.$queryRaw<object[]>`
    SELECT 1 FROM delayed_act WHERE id = ${id} AND state = 'waiting' FOR UPDATE`;
  if (rows.length === 0) throw new ActEnded();
}

/**
 * A tombstone keeps its decision. Among many targets, the attachment may not be one yet: it is behind those that are, in the
 * order of locks.
 *
 * @throws AppError `decided_meanwhile`
 */
async function requireExpected(tx: Transaction, { mediaSid, expected }: DelayedAct): Promise<void> {
  if (expected === null) return;
  await tx.$queryRaw`SELECT 1 FROM media WHERE sid = ${mediaSid} FOR NO KEY UPDATE`;
  const media = await tx.media.findUniqueOrThrow({ where: { sid: mediaSid } });
  if (media.moderation === expected) return;
  throw new AppError('decided_meanwhile', describeDecision(media));
}

async function end(
  tx: Transaction,
  id: string,
  outcome: Pick<ActItem, 'changed' | 'proposed'> & { deletionId?: bigint },
): Promise<void> {
  const data = { ...NO_HASHES, ...outcome, state: 'done', endedAt: new Date() } as const;
  await tx.delayedAct.update({ where: { id }, data });
}

function deciderOf({ requestedBy: actor, reasonCode, reason }: DelayedAct): Decider {
  return { actor, reasonCode, reason };
}
