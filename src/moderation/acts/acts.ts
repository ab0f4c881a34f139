import { randomUUID } from 'node:crypto';
import { recordAudit } from '../../audit/record-audit.ts';
import type { Caller } from '../../auth/api-keys.ts';
import { hasRole } from '../../auth/authentication.ts';
import type { Database, Transaction } from '../../database/database.ts';
import { AppError } from '../../errors/app-error.ts';
import type { DelayedAct, Prisma } from '../../generated/prisma/client.ts';
import { datedPage } from '../../http/dated-cursor.ts';
import type { Page } from '../../http/paging.ts';
import type { JobQueue } from '../../jobs/job-queue.ts';
import { actOf, BLOCK_KINDS, isBlock, storedAct } from '../act-kinds.ts';
import { readHashes } from '../blocklist/block-media.ts';
import { describeDecision } from '../decide-media.ts';
import { DECISIONS } from '../decisions.ts';
import type { CountDeletion } from '../deletions/delete-media.ts';
import type { DeletionScope } from '../deletions/record-deletion.ts';
import { takesTwo } from '../reviews/proposals.ts';
import { endClaimForAct } from '../reviews/settle-reviews.ts';
import { readSender } from '../senders/block-sender.ts';
import { hashColumns, NO_HASHES } from './act-hashes.ts';
import type { ActItem, ActListQuery, ActRequest } from './act-schemas.ts';

/** Decisions, deletions and blocks that go out some seconds after they were made (docs/adr/0033-delayed-acts.md). */
export interface Acts {
  /**
   * Stores the act and queues the job that carries it out.
   *
   * @param alongside runs in the transaction that queues the job
   * @throws AppError what the immediate act would throw now: `not_found`, `media_deleted`, `media_not_stored`,
   *   `decided_meanwhile`, `invalid_request`; `conflict` when another act on the attachment waits
   */
  begin(
    request: ActRequest,
    caller: Caller,
    alongside: (tx: Transaction, act: ActItem) => Promise<void>,
  ): Promise<ActItem>;
  /** One page, newest first: those of the caller, for admins all. */
  list(query: ActListQuery, caller: Caller): Promise<Page<ActItem>>;
  /** @throws AppError `not_found` */
  find(id: string): Promise<ActItem>;
  /**
   * When this resolves, the act does not go out. Waits while it is going out.
   *
   * @throws AppError `not_found`; `forbidden` for an act of somebody else; `conflict` when it went out
   */
  cancel(id: string, caller: Caller): Promise<void>;
}

export function createActs(deps: {
  database: Database;
  queue: JobQueue;
  countDeletion: CountDeletion;
}): Acts {
  const { queue } = deps;
  const { prisma } = deps.database;

  /** @throws AppError what the act would throw if it went out now */
  async function requirePossible(request: ActRequest): Promise<void> {
    const { mediaSid: sid, act, scope = 'one', message, blockSender, expected } = request;
    if (act === 'block-sender' || blockSender) await readSender(prisma, sid);
    if (isBlock(act)) {
      // Refuses a code that was removed from the list after somebody had proposed this with it.
      await takesTwo(prisma, { mediaSid: sid, act, reasonCode: request.reasonCode });
      return;
    }
    if (act === 'delete') await deps.countDeletion({ sid, scope, withMessages: message });
    const media = await prisma.media.findUnique({ where: { sid } });
    if (media === null) throw new AppError('not_found', 'There is no media with this sid.');
    if (act !== 'delete' && media.state === 'deleted') {
      throw new AppError('media_deleted', 'This media was deleted.');
    }
    if (expected === undefined || media.moderation === expected) return;
    if (act !== 'delete' && media.moderation === DECISIONS[act].moderation) return;
    throw new AppError('decided_meanwhile', describeDecision(media));
  }

  async function find(id: string): Promise<DelayedAct> {
    const act = await prisma.delayedAct.findUnique({ where: { id } });
    if (act === null) throw new AppError('not_found', 'There is no act with this id.');
    return act;
  }

  return {
    async begin(request, caller, alongside) {
      const hashes = request.act === 'block' ? await readHashes(prisma, request.mediaSid) : [];
      await requirePossible(request);
      const { mediaSid, act, scope = 'one', message, expected = null } = request;
      const { policy = 'quarantine', applyToExisting = false } = request;
      const id = randomUUID();
      // By one clock: the database may have another.
      const createdAt = new Date();
      const runsAt = new Date(createdAt.getTime() + request.delaySeconds * 1000);
      const data = {
        id,
        mediaSid,
        act: storedAct(act, request.blockSender),
        createdAt,
        runsAt,
        scope: act === 'delete' ? scope : null,
        withMessages: message,
        ...(act === 'block' ? { policy, applyToExisting, ...hashColumns(hashes) } : {}),
        expected,
        requestedBy: caller.name,
        reasonCode: request.reasonCode,
        reason: request.reason,
      };
      return prisma.$transaction(async (tx) => {
        const item = actItem(await insertWaiting(tx, data));
        if (!isBlock(act)) await endClaimForAct(tx, mediaSid, caller.name);
        await alongside(tx, item);
        await queue.send(tx, 'run-act', [{ payload: { id }, startAfter: runsAt }]);
        return item;
      });
    },
    async list({ state, ...page }, caller) {
      const own = {
        ...(hasRole(caller, 'admin') ? {} : { requestedBy: caller.name }),
        ...(state === undefined ? {} : { state }),
      };
      const { items, nextCursor } = await datedPage(page, (select) =>
        prisma.delayedAct.findMany({ ...select, where: { ...own, ...select.where } }),
      );
      return { items: items.map(actItem), nextCursor };
    },
    find: async (id) => actItem(await find(id)),
    async cancel(id, caller) {
      const { requestedBy, mediaSid: target, act } = await find(id);
      const actor = caller.name;
      if (requestedBy !== actor && !hasRole(caller, 'admin')) {
        throw new AppError('forbidden', `Only ${requestedBy} and admins can take this act back.`);
      }
      const isCancelled = await prisma.$transaction(async (tx) => {
        // Waits for the job that carries it out: whoever locks the row first wins.
        const { count } = await tx.delayedAct.updateMany({
          where: { id, state: 'waiting' },
          data: { ...NO_HASHES, state: 'cancelled', endedAt: new Date() },
        });
        if (count === 0) return false;
        const before = { ...actOf(act), requestedBy, actId: id };
        await recordAudit(tx, [{ actor, action: 'act.cancel', target, before }]);
        return true;
      });
      if (isCancelled) return;
      const { state, endedAt, problem } = await find(id);
      if (state === 'cancelled') return;
      const outcome = state === 'failed' ? `It has failed: ${problem}` : 'It went out';
      throw new AppError('conflict', `${outcome} at ${endedAt?.toISOString()}.`);
    },
  };
}

/** @throws AppError `conflict` when another act on the attachment waits */
async function insertWaiting(
  tx: Transaction,
  data: Prisma.DelayedActCreateManyInput,
): Promise<DelayedAct> {
  for (;;) {
    const [inserted] = await tx.delayedAct.createManyAndReturn({
      data: [data],
      skipDuplicates: true,
    });
    if (inserted !== undefined) return inserted;
    const { mediaSid } = data;
    const { act: kind } = actOf(data.act);
    const other = await tx.delayedAct.findFirst({
      where: {
        mediaSid,
        state: 'waiting',
        act: isBlock(kind) ? kind : { notIn: [...BLOCK_KINDS] },
      },
    });
    // It has ended in between.
    if (other === null) continue;
    const path = actPath(other.id);
    const { act } = actOf(other.act);
    throw new AppError(
      'conflict',
      `Another act waits until ${other.runsAt.toISOString()}: ${act}, by ${other.requestedBy}. ` +
        `It can be cancelled: ${path}`,
      { headers: { Location: path } },
    );
  }
}

/** The URL path of an act. */
export function actPath(id: string): string {
  return `/api/v1/acts/${id}`;
}

function actItem(row: DelayedAct): ActItem {
  const { withMessages, problemCode, problem, deletionId, sha256, pdq, ...rest } = row;
  return {
    ...rest,
    ...actOf(row.act),
    // The column is text, and `begin` alone writes it.
    scope: row.scope as DeletionScope | null,
    message: withMessages,
    deletionId: deletionId === null ? null : String(deletionId),
    problem: problemCode === null ? null : { code: problemCode, detail: problem ?? '' },
  };
}
