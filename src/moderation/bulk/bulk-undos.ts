import { randomUUID } from 'node:crypto';
import { recordAudit } from '../../audit/record-audit.ts';
import type { Database, Transaction } from '../../database/database.ts';
import { AppError } from '../../errors/app-error.ts';
import type { BulkAct } from '../../generated/prisma/client.ts';
import type { JobQueue } from '../../jobs/job-queue.ts';
import type { OwnNumbers } from '../own-numbers.ts';
import { bulkActItem } from './bulk-act-item.ts';
import { abandonSelecting, endSelecting } from './bulk-acts.ts';
import type { BulkActItem } from './bulk-schemas.ts';
import type { Selector } from './select-media.ts';

/** Rows per statement. */
const ROWS = 1000;

/**
 * Begins the undo of a bulk decision: a bulk act of its own, on all that the first one has changed.
 *
 * @param alongside runs in the transaction that queues the job
 * @throws AppError `not_found`; `conflict` when it cannot be undone, now or at all; `forbidden` when some of the media are
 *   not the caller's work
 */
export type BeginUndo = (
  id: string,
  caller: Selector,
  alongside: (tx: Transaction, undo: BulkActItem) => Promise<void>,
) => Promise<BulkActItem>;

export function createBeginUndo(
  { prisma }: Database,
  queue: JobQueue,
  ownNumbers: OwnNumbers,
): BeginUndo {
  /** Those that a release before this one has changed have nothing to put back. */
  async function* changedBy(actId: string): AsyncGenerator<string[]> {
    for (let last = ''; ; ) {
      const items = await prisma.bulkItem.findMany({
        where: { actId, outcome: 'changed', actedAt: { not: null }, mediaSid: { gt: last } },
        select: { mediaSid: true },
        orderBy: { mediaSid: 'asc' },
        take: ROWS,
      });
      const sids = items.map(({ mediaSid }) => mediaSid);
      if (sids.length > 0) yield sids;
      if (sids.length < ROWS) return;
      last = sids.at(-1) ?? last;
    }
  }

  return async (undoOf, caller, alongside) => {
    const undone = await prisma.bulkAct.findUnique({ where: { id: undoOf } });
    if (undone === null) throw notFound();
    requireUndoable(undone);
    let isEmpty = true;
    for await (const sids of changedBy(undoOf)) {
      await ownNumbers.requireSelection(caller, { sids });
      isEmpty = false;
    }
    if (isEmpty) throw nothingLeft();
    const id = randomUUID();
    const requestedBy = caller.name;
    const createdAt = new Date();
    await prisma.bulkAct.create({ data: { id, action: 'undo', undoOf, requestedBy, createdAt } });
    let todo = 0;
    try {
      for await (const sids of changedBy(undoOf)) {
        await prisma.$executeRaw`
          INSERT INTO bulk_item (act_id, media_sid) SELECT ${id}, unnest(${sids}::text[])`;
        todo += sids.length;
      }
      return await prisma.$transaction(async (tx) => {
        // Of two requests at once the second waits here, and finds the first.
        const locked = await tx.$queryRaw<object[]>`
          SELECT id FROM bulk_act WHERE id = ${undoOf} FOR UPDATE`;
        if (locked.length === 0) throw notFound();
        const others = { undoOf, endedAt: null, state: { not: 'selecting' } } as const;
        if ((await tx.bulkAct.count({ where: others })) > 0) {
          throw new AppError('conflict', 'It is being undone.');
        }
        const undo = bulkActItem(await endSelecting(tx, id, { todo }));
        await alongside(tx, undo);
        const after = { undo: id, total: todo };
        await recordAudit(tx, [{ actor: requestedBy, action: 'bulk.undo', target: undoOf, after }]);
        await queue.send(tx, 'bulk-undo', [{ payload: { id } }]);
        return undo;
      });
    } catch (error) {
      await abandonSelecting(prisma, id, { todo });
      throw error;
    }
  };
}

function requireUndoable({ action, endedAt }: BulkAct): void {
  const refuse = (why: string) => {
    throw new AppError('conflict', why);
  };
  if (action === 'delete') refuse('What was deleted cannot be brought back.');
  if (action === 'scan') refuse('A scan has decided nothing that could be undone.');
  if (action === 'undo') refuse('An undo cannot be undone: begin the first act again.');
  if (endedAt === null) refuse('It has not ended. Cancel it first.');
}

function notFound(): AppError {
  return new AppError('not_found', 'There is no bulk act with this id.');
}

function nothingLeft(): AppError {
  return new AppError('conflict', 'There is nothing of it to undo.');
}
