import type { Router } from 'express';
import { callerOf } from '../auth/authentication.ts';
import { accepted } from '../http/accepted.ts';
import { sendPage } from '../http/paging.ts';
import { createResourceRouter, type Guard, route } from '../http/resource-router.ts';
import { reconciliationOperations as operations } from './reconciliation-operations.ts';
import type { Reconciliations } from './reconciliations.ts';

/**
 * Requesting reconciliations, and their progress.
 *
 * @param intervalMinutes between sweeps; 0 for none
 */
export function createReconciliationRouter(
  guard: Guard,
  reconciliations: Reconciliations,
  intervalMinutes: number,
): Router {
  return createResourceRouter(guard, [
    route(operations.listReconciliations, async ({ query, request, response }) => {
      sendPage(request, response, await reconciliations.list(query));
    }),
    route(operations.listSweeps, async ({ response }) => {
      response.json({ intervalMinutes, items: await reconciliations.sweeps() });
    }),
    route(operations.createReconciliation, async ({ body, request, response }) => {
      const created = await reconciliations.begin(body, callerOf(response).name);
      request.log.info({ reconciliationId: created.id }, 'reconciliation requested');
      accepted(response).location(`/api/v1/reconciliations/${created.id}`).json(created);
    }),
    route(operations.showReconciliation, async ({ params: { id }, response }) => {
      response.json(await reconciliations.find(id));
    }),
  ]);
}
