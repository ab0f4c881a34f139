import type { Logger } from 'pino';
import type { Database, Transaction } from '../../database/database.ts';
import { AppError } from '../../errors/app-error.ts';
import type { DelayedAct } from '../../generated/prisma/client.ts';
import type { JobHandler } from '../../jobs/job-list.ts';
import { decideInTransaction, describeDecision } from '../decide-media.ts';
import type { Decider, Decision } from '../decisions.ts';
import type { DeleteMedia } from '../deletions/delete-media.ts';
import type { DeletionScope } from '../deletions/record-deletion.ts';
import { proposeUnlessSecond } from '../reviews/proposals.ts';
import type { CountStrikes } from '../senders/strikes.ts';
import type { ActItem, ActKind } from './act-schemas.ts';

/** The act has ended: it was cancelled, or another run has carried it out. */
class ActEnded extends Error {
  override readonly name = 'ActEnded';
}

/**
 * The job `run-act`: carries out one act. What it changes and the end of the act are one transaction, which has locked
 * the row of the act: it happens once, or was cancelled. Whoever made it may have lost the right since.
 */
export function createRunAct(deps: {
  database: Database;
  deleteMedia: DeleteMedia;
  countStrikes: CountStrikes;
  log: Logger;
}): JobHandler<'run-act'> {
  const { prisma } = deps.database;

  return async ({ id }) => {
    const act = await prisma.delayedAct.findUnique({ where: { id } });
    if (act === null || act.state !== 'waiting') return;
    try {
      if ((act.act as ActKind) === 'delete') await deleteOnce(act);
      else await prisma.$transaction((tx) => decideOnce(tx, act));
    } catch (error) {
      if (error instanceof ActEnded) return;
      // `unavailable`: it is deleted, and its files are removed by the job of the deletion.
      if (!(error instanceof AppError) || error.status >= 500) throw error;
      const { code, message } = error;
      await prisma.delayedAct.updateMany({
        where: { id, state: 'waiting' },
        data: { state: 'failed', endedAt: new Date(), problemCode: code, problem: message },
      });
      deps.log.info({ actId: id, mediaSid: act.mediaSid, act: act.act, code }, 'act failed');
    }
  };

  async function decideOnce(tx: Transaction, act: DelayedAct): Promise<void> {
    await lockWaiting(tx, act.id);
    const { mediaSid, expected } = act;
    const decision = act.act as Decision;
    const args = [mediaSid, decision, deciderOf(act), expected ?? undefined] as const;
    const { changed } = await decideInTransaction(tx, deps.countStrikes, ...args);
    await end(tx, act.id, { changed, proposed: false });
  }

  async function deleteOnce(act: DelayedAct): Promise<void> {
    const { mediaSid, withMessages } = act;
    const scope = act.scope as DeletionScope;
    const isProposed = await prisma.$transaction(async (tx) => {
      await lockWaiting(tx, act.id);
      await requireExpected(tx, act);
      const wanted = { ...deciderOf(act), act: 'delete', mediaSid, scope, withMessages } as const;
      if ((await proposeUnlessSecond(tx, wanted)) === null) return false;
      await end(tx, act.id, { changed: false, proposed: true });
      return true;
    });
    if (isProposed) return;
    await deps.deleteMedia({
      ...deciderOf(act),
      sid: mediaSid,
      scope,
      withMessages,
      async alongside(tx, deletionId) {
        await lockWaiting(tx, act.id);
        await requireExpected(tx, act);
        await end(tx, act.id, { changed: true, proposed: false, deletionId });
      },
    });
  }
}

/** @throws ActEnded */
async function lockWaiting(tx: Transaction, id: string): Promise<void> {
  const rows = await tx.$queryRaw<object[]>`
    SELECT 1 FROM delayed_act WHERE id = ${id} AND state = 'waiting' FOR UPDATE`;
  if (rows.length === 0) throw new ActEnded();
}

/** @throws AppError `decided_meanwhile` */
async function requireExpected(tx: Transaction, { mediaSid, expected }: DelayedAct): Promise<void> {
  if (expected === null) return;
  const media = await tx.media.findUniqueOrThrow({ where: { sid: mediaSid } });
  if (media.moderation === expected) return;
  throw new AppError('decided_meanwhile', describeDecision(media));
}

async function end(
  tx: Transaction,
  id: string,
  outcome: Pick<ActItem, 'changed' | 'proposed'> & { deletionId?: bigint },
): Promise<void> {
  const data = { ...outcome, state: 'done', endedAt: new Date() } as const;
  await tx.delayedAct.update({ where: { id }, data });
}

function deciderOf({ requestedBy: actor, reasonCode, reason }: DelayedAct): Decider {
  return { actor, reasonCode, reason };
}
