import type { Router } from 'express';
import { callerOf } from '../../auth/authentication.ts';
import type { Idempotency } from '../../http/idempotency.ts';
import { sendPage } from '../../http/paging.ts';
import { createResourceRouter, type Guard, route } from '../../http/resource-router.ts';
import { isBlock } from '../act-kinds.ts';
import type { OwnNumbers } from '../own-numbers.ts';
import type { RequireListedCode } from '../reason-codes/reason-codes.ts';
import type { ActItem } from './act-schemas.ts';
import { type Acts, actPath } from './acts.ts';
import { actOperations as operations } from './acts-operations.ts';

/** `/api/v1/acts`, for moderators: decisions, deletions and blocks that can be taken back for some seconds. */
export function createActsRouter(
  guard: Guard,
  deps: {
    acts: Acts;
    idempotency: Idempotency;
    requireListedCode: RequireListedCode;
    ownNumbers: OwnNumbers;
  },
): Router {
  const { acts, idempotency, requireListedCode, ownNumbers } = deps;
  return createResourceRouter(guard, [
    route(operations.createAct, async ({ body, request, response }) => {
      const caller = callerOf(response);
      // A block is nobody's own work, and may have any code: it concerns what arrives later, for all numbers.
      if (!isBlock(body.act)) {
        await requireListedCode(body.reasonCode);
        await ownNumbers.requireMedia(caller, body.mediaSid, body.scope);
      }
      const operation = operations.createAct.id;
      const call = { operation, caller: caller.name, request, response };
      await idempotency.answerOnce(call, body, async (keep) => {
        const item = await acts.begin(body, caller, (tx, begun) => keep(tx, created(begun)));
        const { id: actId, mediaSid, act, runsAt } = item;
        request.log.info({ actId, mediaSid, act, runsAt }, 'act waits');
        return created(item);
      });
    }),
    route(operations.listActs, async ({ query, request, response }) => {
      sendPage(request, response, await acts.list(query, callerOf(response)));
    }),
    route(operations.showAct, async ({ params: { id }, response }) => {
      response.json(await acts.find(id));
    }),
    route(operations.cancelAct, async ({ params: { id }, request, response }) => {
      await acts.cancel(id, callerOf(response));
      request.log.info({ actId: id }, 'act cancelled');
      response.status(204).end();
    }),
  ]);
}

function created(item: ActItem) {
  return { status: 201, location: actPath(item.id), body: item };
}
