import type { Router } from 'express';
import { callerOf } from '../../auth/authentication.ts';
import type { Idempotency } from '../../http/idempotency.ts';
import { sendPage } from '../../http/paging.ts';
import { createResourceRouter, type Guard, route } from '../../http/resource-router.ts';
import type { OwnNumbers } from '../own-numbers.ts';
import type { RequireListedCode } from '../reason-codes/reason-codes.ts';
import { mustBeScanning } from '../request-scan.ts';
import type { RequireOneReviewer } from '../reviews/proposals.ts';
import type { BulkActs } from './bulk-acts.ts';
import { bulkOperations as operations } from './bulk-operations.ts';
import type { BulkActItem } from './bulk-schemas.ts';

/** `/api/v1/bulk`, for moderators: one act on many media, counted first, followed and cancelled. */
export function createBulkRouter(
  guard: Guard,
  {
    acts,
    idempotency,
    isScanning,
    requireListedCode,
    requireOneReviewer,
    ownNumbers,
  }: {
    acts: BulkActs;
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
      await ownNumbers.requireSelection(callerOf(response), body);
      if (body.dryRun) {
        response.json({ dryRun: true, ...(await acts.count(body)) });
        return;
      }
      const caller = callerOf(response).name;
      const call = { operation: operations.beginBulkAct.id, caller, request, response };
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
      const act = await acts.cancel(id, callerOf(response).name);
      request.log.info({ bulkId: id }, 'bulk act cancelled');
      response.json(act);
    }),
  ]);
}

function accepted(act: BulkActItem) {
  return { status: 202, location: `/api/v1/bulk/${act.id}`, body: act };
}
