import type { Router } from 'express';
import { accepted } from '../http/accepted.ts';
import { createResourceRouter, type Guard, route } from '../http/resource-router.ts';
import { reconciliationOperations as operations } from './reconciliation-operations.ts';
import type { Reconciliations } from './reconciliations.ts';

/** Requesting reconciliations, and their progress. */
export function createReconciliationRouter(guard: Guard, reconciliations: Reconciliations): Router {
  return createResourceRouter(guard, [
    route(operations.createReconciliation, async ({ body, request, response }) => {
      const created = await reconciliations.begin(body);
      request.log.info({ reconciliationId: created.id }, 'reconciliation requested');
      accepted(response).location(`/api/v1/reconciliations/${created.id}`).json(created);
    }),
    route(operations.showReconciliation, async ({ params: { id }, response }) => {
      response.json(await reconciliations.find(id));
    }),
  ]);
}
