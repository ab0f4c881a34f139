import type { Router } from 'express';
import { callerOf } from '../../auth/authentication.ts';
import type { Idempotency } from '../../http/idempotency.ts';
import { sendPage } from '../../http/paging.ts';
import { createResourceRouter, type Guard, route } from '../../http/resource-router.ts';
import type { OwnNumbers } from '../own-numbers.ts';
import { requireOwnQueue } from '../queues/own-queues.ts';
import type { RequireListedCode } from '../reason-codes/reason-codes.ts';
import { mustBeScanning } from '../request-scan.ts';
import type { RequireOneReviewer } from '../reviews/proposals.ts';
import type { BulkActs } from './bulk-acts.ts';
import { bulkOperations as operations } from './bulk-operations.ts';
import type { BulkActItem } from './bulk-schemas.ts';
import type { BeginUndo } from './bulk-undos.ts';

/** `/api/v1/bulk`, for moderators: one act on many media, counted first, followed and cancelled. */
export function createBulkRouter(
  guard: Guard,
  {
    acts,
    beginUndo,
    idempotency,
    isScanning,
    requireListedCode,
    requireOneReviewer,
    ownNumbers,
  }: {
    acts: BulkActs;
    beginUndo: BeginUndo;
    idempotency: Idempotency;
    isScanning: boolean;
    requireListedCode: RequireListedCode;
    requireOneReviewer: RequireOneReviewer;
    ownNumbers: OwnNumbers;
  },
): Router {
  return createResourceRouter(guard, [
    route(operations.listBulkActs, async ({ query, request, response }) => {
      sendPage(request, response, await acts.list(query));
    }),
    route(operations.beginBulkAct, async ({ body, request, response }) => {
      if (body.action === 'scan') mustBeScanning(isScanning);
      await requireListedCode(body.reasonCode);
      if (body.action === 'delete') await requireOneReviewer(body.reasonCode);
      const caller = callerOf(response);
      await ownNumbers.requireSelection(caller, body);
      if (body.queue !== undefined) requireOwnQueue(caller, body.queue);
      if (body.dryRun) {
        response.json({ dryRun: true, ...(await acts.count(body, caller)) });
        return;
      }
      const { name } = caller;
      const call = { operation: operations.beginBulkAct.id, caller: name, request, response };
      await idempotency.answerOnce(call, body, async (keep) => {
        const act = await acts.begin(body, caller, (tx, begun) => keep(tx, accepted(begun)));
        const { id: bulkId, action, total } = act;
        request.log.info({ bulkId, action, total }, 'bulk act begun');
        return accepted(act);
      });
    }),
    route(operations.showBulkAct, async ({ params: { id }, response }) => {
      response.json(await acts.find(id));
    }),
    route(operations.listBulkItems, async ({ params: { id }, query, request, response }) => {
      sendPage(request, response, await acts.items(id, query));
    }),
    route(operations.cancelBulkAct, async ({ params: { id }, request, response }) => {
      const act = await acts.cancel(id, callerOf(response));
      request.log.info({ bulkId: id }, 'bulk act cancelled');
      response.json(act);
    }),
    route(operations.undoBulkAct, async ({ params: { id }, request, response }) => {
      const caller = callerOf(response);
      const { name } = caller;
      const call = { operation: operations.undoBulkAct.id, caller: name, request, response };
      await idempotency.answerOnce(call, { id }, async (keep) => {
        const undo = await beginUndo(id, caller, (tx, begun) => keep(tx, accepted(begun)));
        request.log.info({ bulkId: undo.id, undoOf: id, total: undo.total }, 'bulk undo begun');
        return accepted(undo);
      });
    }),
  ]);
}

function accepted(act: BulkActItem) {
  return { status: 202, location: `/api/v1/bulk/${act.id}`, body: act };
}
