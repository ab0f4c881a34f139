import type { Router } from 'express';
import { callerOf } from '../auth/authentication.ts';
import { sendPage } from '../http/paging.ts';
import { createResourceRouter, type Guard, route } from '../http/resource-router.ts';
import { keyOperations as operations } from './keys-operations.ts';
import type { KeyManagement } from './manage-keys.ts';

/** Creating, listing and revoking API keys. */
export function createKeysRouter(guard: Guard, keys: KeyManagement): Router {
  return createResourceRouter(guard, [
    route(operations.listKeys, async ({ query, request, response }) => {
      sendPage(request, response, await keys.list(query));
    }),
    route(operations.createKey, async ({ body, response }) => {
      const { id, secret } = await keys.create(body, callerOf(response).name);
      response
        .status(201)
        .set('Cache-Control', 'no-store')
        .json({ id, ...body, secret });
    }),
    route(operations.revokeKey, async ({ params: { name }, query, response }) => {
      if (query.dryRun) {
        response.json({ dryRun: true, ...(await keys.countRevocation(name)) });
        return;
      }
      await keys.revoke(name, callerOf(response).name);
      response.status(204).end();
    }),
  ]);
}
