import { callerOf } from '../../auth/authentication.ts';
import { sendPage } from '../../http/paging.ts';
import { type Route, route } from '../../http/resource-router.ts';
import type { ReasonCodes } from './reason-codes.ts';
import { reasonCodeOperations as operations } from './reason-codes-operations.ts';

/** `/api/v1/reason-codes`: moderators read the list, admins manage it. */
export function createReasonCodeRoutes(codes: ReasonCodes): Route[] {
  return [
    route(operations.listReasonCodes, async ({ query, request, response }) => {
      sendPage(request, response, await codes.list(query));
    }),
    route(operations.createReasonCode, async ({ body, response }) => {
      response.status(201).json(await codes.create(body, callerOf(response).name));
    }),
    route(operations.updateReasonCode, async ({ params: { code }, body, response }) => {
      response.json(await codes.update(code, body, callerOf(response).name));
    }),
    route(operations.deleteReasonCode, async ({ params: { code }, response }) => {
      await codes.remove(code, callerOf(response).name);
      response.status(204).end();
    }),
  ];
}
