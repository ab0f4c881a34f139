import type { Database, Transaction } from '../../database/database.ts';
import { AppError } from '../../errors/app-error.ts';
import type { BulkAct, BulkOutcome } from '../../generated/prisma/client.ts';
import type { JobHandler } from '../../jobs/job-list.ts';
import type { JobQueue } from '../../jobs/job-queue.ts';
import { applyDecision } from '../apply-decision.ts';
import type { Decider, Decision } from '../decisions.ts';
import {
  type DeleteMedia,
  type DeleteRequest,
  deleteUnlessGone,
} from '../deletions/delete-media.ts';
import { requestScans } from '../request-scan.ts';
import type { CountStrikes } from '../senders/strikes.ts';
import type { BulkAction } from './bulk-schemas.ts';
import { lockStanding } from './former-state.ts';
import { findLeftAlone, type LeftAlone } from './left-alone.ts';
import { runInBatches } from './run-in-batches.ts';
import { keepFormer, settleItems } from './settle-items.ts';

/** A delete finds that the attachment is left alone: nothing of it is committed. */
class LeftToOthers extends Error {
  override readonly name = 'LeftToOthers';

  readonly outcome: LeftAlone;

  constructor(outcome: LeftAlone) {
    super(`left alone: ${outcome}`);
    this.outcome = outcome;
  }
}

/**
 * The jobs `bulk-act` and `bulk-delete`: does what was requested, a batch at a time, from where an earlier run has stopped. A
 * batch and the outcomes of its media are one transaction. It can be cancelled at any time, but for a delete in progress.
 */
export function createRunBulkAct(deps: {
  database: Database;
  queue: JobQueue;
  deleteMedia: DeleteMedia;
  countStrikes: CountStrikes;
}): JobHandler<'bulk-act'> {
  const { prisma } = deps.database;

  return async ({ id }, signal) => {
    await runInBatches(deps.database, id, signal, async (act, sids) => {
      const action = act.action as BulkAction;
      if (action === 'delete') await deleteAll(act, sids, signal);
      else if (action === 'scan') await scanAll(act, sids);
      else await decideAll(act, action, sids);
    });
  };

  async function decideAll(act: BulkAct, action: Decision, sids: string[]): Promise<void> {
    await prisma.$transaction(async (tx) => {
      const standing = await lockStanding(tx, sids);
      const left = await findLeftAlone(tx, act, sids);
      const free = sids.filter((sid) => !left.has(sid));
      const decision = await applyDecision(tx, free, action, deciderOf(act));
      // Reports are answered, and an escalation has ended, also where the state stays.
      const settled = new Set([...decision.changed, ...decision.answered]);
      const outcomes = outcomesOf(sids, (sid): BulkOutcome => {
        const state = standing.get(sid)?.state;
        if (state === undefined) return 'unknown';
        if (state === 'deleted') return 'deleted';
        return left.get(sid) ?? (settled.has(sid) ? 'changed' : 'unchanged');
      });
      const changed = sids.filter((sid) => outcomes.get(sid) === 'changed');
      await keepFormer(tx, act.id, changed, standing, decision.decidedAt);
      await deps.countStrikes(tx, changed, action, deciderOf(act));
      await settleItems(tx, act.id, outcomes);
    });
  }

  async function scanAll(act: BulkAct, sids: string[]): Promise<void> {
    await prisma.$transaction(async (tx) => {
      const changed = await requestScans(tx, deps.queue, sids, deciderOf(act));
      const states = await statesOf(tx, sids);
      const outcomes = outcomesOf(sids, (sid): BulkOutcome => {
        const state = states.get(sid);
        if (state === undefined) return 'unknown';
        if (changed.has(sid)) return 'changed';
        return state === 'deleted' ? 'deleted' : 'unchanged';
      });
      await settleItems(tx, act.id, outcomes);
    });
  }

  async function statesOf(tx: Transaction, sids: string[]) {
    const found = await tx.media.findMany({
      where: { sid: { in: sids } },
      select: { sid: true, state: true },
    });
    return new Map(found.map(({ sid, state }) => [sid, state]));
  }

  // Each delete is a transaction of its own, and is idempotent.
  async function deleteAll(act: BulkAct, sids: string[], signal: AbortSignal): Promise<void> {
    for (const sid of sids) {
      signal.throwIfAborted();
      if ((await prisma.bulkAct.count({ where: { id: act.id, endedAt: null } })) === 0) return;
      const outcomes = new Map([[sid, await deleteOne(act, sid)]]);
      await prisma.$transaction((tx) => settleItems(tx, act.id, outcomes, { isDone: true }));
    }
  }

  async function deleteOne(act: BulkAct, sid: string): Promise<BulkOutcome> {
    const request: DeleteRequest = {
      ...deciderOf(act),
      sid,
      async onLocked(tx) {
        const left = (await findLeftAlone(tx, act, [sid])).get(sid);
        if (left !== undefined) throw new LeftToOthers(left);
      },
    };
    try {
      return (await deleteUnlessGone(deps.deleteMedia, request)) ? 'changed' : 'deleted';
    } catch (error) {
      if (error instanceof LeftToOthers) return error.outcome;
      if (error instanceof AppError && error.code === 'not_found') return 'unknown';
      throw error;
    }
  }
}

function outcomesOf(
  sids: readonly string[],
  outcomeOf: (sid: string) => BulkOutcome,
): Map<string, BulkOutcome> {
  return new Map(sids.map((sid) => [sid, outcomeOf(sid)]));
}

function deciderOf({ requestedBy: actor, reasonCode, reason }: BulkAct): Decider {
  return { actor, reasonCode, reason };
}
