import type { Router } from 'express';
import { callerOf } from '../../auth/authentication.ts';
import type { Database } from '../../database/database.ts';
import { accepted } from '../../http/accepted.ts';
import { sendPage } from '../../http/paging.ts';
import { createResourceRouter, type Guard, route } from '../../http/resource-router.ts';
import { deletionPath } from './delete-media.ts';
import { deletionsOperations as operations } from './deletions-operations.ts';
import { listDeletions, listTargets, readDeletion } from './read-deletions.ts';
import type { RetryDeletion } from './retry-deletion.ts';

/** `/api/v1/deletions`, for moderators: how far deletions are, and `POST …/retry`. */
export function createDeletionsRouter(
  guard: Guard,
  { database, retryDeletion }: { database: Database; retryDeletion: RetryDeletion },
): Router {
  return createResourceRouter(guard, [
    route(operations.listDeletions, async ({ query, request, response }) => {
      sendPage(request, response, await listDeletions(database, query));
    }),
    route(operations.showDeletion, async ({ params: { id }, response }) => {
      response.json(await readDeletion(database, id));
    }),
    route(operations.listDeletionTargets, async ({ params: { id }, query, request, response }) => {
      sendPage(request, response, await listTargets(database, id, query));
    }),
    route(operations.retryDeletion, async ({ params: { id }, request, response }) => {
      await retryDeletion(id, callerOf(response).name);
      request.log.info({ deletionId: String(id) }, 'deletion tried again by hand');
      accepted(response)
        .location(deletionPath(id))
        .json(await readDeletion(database, id));
    }),
  ]);
}
