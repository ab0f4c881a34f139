import type { Router } from 'express';
import { callerOf } from '../auth/authentication.ts';
import { accepted } from '../http/accepted.ts';
import { sendPage } from '../http/paging.ts';
import { createResourceRouter, type Guard, route } from '../http/resource-router.ts';
import { verificationOperations as operations } from './verification-operations.ts';
import type { Verifications } from './verifications.ts';

/** Requesting verifications, their progress, and what they have found. */
export function createVerificationRouter(guard: Guard, verifications: Verifications): Router {
  return createResourceRouter(guard, [
    route(operations.listVerifications, async ({ query, request, response }) => {
      sendPage(request, response, await verifications.list(query));
    }),
    route(operations.createVerification, async ({ body, request, response }) => {
      const begun = await verifications.begin(body, callerOf(response).name);
      request.log.info({ verificationId: begun.id }, 'verification requested');
      accepted(response).location(`${operations.createVerification.path}/${begun.id}`).json(begun);
    }),
    route(operations.showVerification, async ({ params: { id }, response }) => {
      response.json(await verifications.find(id));
    }),
    route(operations.cancelVerification, async ({ params: { id }, request, response }) => {
      const stopped = await verifications.cancel(id, callerOf(response).name);
      request.log.info({ verificationId: id }, 'verification cancelled');
      response.json(stopped);
    }),
    route(operations.listFindings, async ({ params: { id }, query, request, response }) => {
      sendPage(request, response, await verifications.findings(id, query));
    }),
  ]);
}
