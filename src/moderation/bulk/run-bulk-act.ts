import type { Database, Transaction } from '../../database/database.ts';
import { AppError } from '../../errors/app-error.ts';
import type { BulkAct, BulkOutcome } from '../../generated/prisma/client.ts';
import type { JobHandler } from '../../jobs/job-list.ts';
import type { JobQueue } from '../../jobs/job-queue.ts';
import { applyDecision } from '../apply-decision.ts';
import type { Decider } from '../decisions.ts';
import { type DeleteMedia, deleteUnlessGone } from '../deletions/delete-media.ts';
import { requestScans } from '../request-scan.ts';
import type { CountStrikes } from '../senders/strikes.ts';
import type { BulkAction } from './bulk-schemas.ts';

/** Media per transaction: few enough not to lock their rows for long. */
const BATCH = 100;

/**
 * The job `bulk-act`: does what was requested, a batch at a time, from where an earlier run has stopped. A
 * batch and the outcomes of its media are one transaction. It can be cancelled between batches, and between
 * two deletes.
 */
export function createRunBulkAct(deps: {
  database: Database;
  queue: JobQueue;
  deleteMedia: DeleteMedia;
  countStrikes: CountStrikes;
}): JobHandler<'bulk-act'> {
  const { prisma } = deps.database;

  return async ({ id }, signal) => {
    for (;;) {
      signal.throwIfAborted();
      const act = await start(id);
      if (act === null) return;
      const items = await prisma.bulkItem.findMany({
        where: { actId: id, outcome: null },
        orderBy: { mediaSid: 'asc' },
        take: BATCH,
      });
      if (items.length === 0) {
        await prisma.bulkAct.updateMany({
          where: { id, endedAt: null },
          data: { state: 'done', endedAt: new Date() },
        });
        return;
      }
      const sids = items.map(({ mediaSid }) => mediaSid);
      if (act.action === 'delete') await deleteAll(act, sids, signal);
      else await inOneTransaction(act, sids);
    }
  };

  /** @returns null for one that has ended, or was cancelled */
  async function start(id: string): Promise<BulkAct | null> {
    const [act] = await prisma.bulkAct.updateManyAndReturn({
      where: { id, endedAt: null, state: { not: 'selecting' } },
      data: { state: 'running' },
    });
    return act ?? null;
  }

  async function hasEnded(id: string): Promise<boolean> {
    return (await prisma.bulkAct.count({ where: { id, endedAt: null } })) === 0;
  }

  async function inOneTransaction(act: BulkAct, sids: string[]): Promise<void> {
    const action = act.action as Exclude<BulkAction, 'delete'>;
    await prisma.$transaction(async (tx) => {
      const { found, changed } =
        action === 'scan'
          ? await scanAll(tx, sids, deciderOf(act))
          : await applyDecision(tx, sids, action, deciderOf(act));
      const states = new Map(found.map(({ sid, state }) => [sid, state]));
      const outcomes = Map.groupBy(sids, (sid): BulkOutcome => {
        if (changed.has(sid)) return 'changed';
        const state = states.get(sid);
        if (state === undefined) return 'unknown';
        return state === 'deleted' ? 'deleted' : 'unchanged';
      });
      for (const [outcome, group] of outcomes) await settle(tx, act.id, group, outcome);
      if (action !== 'scan') await deps.countStrikes(tx, [...changed], action, deciderOf(act));
    });
  }

  async function scanAll(tx: Transaction, sids: string[], decider: Decider) {
    const changed = await requestScans(tx, deps.queue, sids, decider);
    const where = { sid: { in: sids } };
    return {
      changed,
      found: await tx.media.findMany({ where, select: { sid: true, state: true } }),
    };
  }

  // Each delete is a transaction of its own, and is idempotent.
  async function deleteAll(act: BulkAct, sids: string[], signal: AbortSignal): Promise<void> {
    for (const sid of sids) {
      signal.throwIfAborted();
      if (await hasEnded(act.id)) return;
      const outcome = await deleteOne(sid, deciderOf(act));
      await prisma.$transaction((tx) => settle(tx, act.id, [sid], outcome));
    }
  }

  async function deleteOne(sid: string, decider: Decider): Promise<BulkOutcome> {
    try {
      return (await deleteUnlessGone(deps.deleteMedia, { ...decider, sid }))
        ? 'changed'
        : 'deleted';
    } catch (error) {
      if (error instanceof AppError && error.code === 'not_found') return 'unknown';
      throw error;
    }
  }

  async function settle(
    tx: Transaction,
    actId: string,
    sids: string[],
    outcome: BulkOutcome,
  ): Promise<void> {
    const { count } = await tx.bulkItem.updateMany({
      where: { actId, mediaSid: { in: sids }, outcome: null },
      data: { outcome },
    });
    await tx.bulkAct.update({
      where: { id: actId },
      data: { todo: { decrement: count }, [outcome]: { increment: count } },
    });
  }
}

function deciderOf({ requestedBy: actor, reasonCode, reason }: BulkAct): Decider {
  return { actor, reasonCode, reason };
}
