import type { Router } from 'express';
import { z } from 'zod';
import type { RequireRole } from '../auth/authentication.ts';
import { instant } from '../http/fields.ts';
import { createResourceRouter } from '../http/resource-router.ts';
import { jsonBody, noQuery, validate } from '../http/validate.ts';
import { recipientAddress } from '../twilio/address-fields.ts';
import type { Reconciliations } from './reconciliations.ts';

const body = z
  .strictObject({
    since: instant,
    until: instant.optional(),
    to: recipientAddress.optional(),
    dryRun: z.boolean('true or false').default(false),
  })
  .transform((request, context) => {
    const now = new Date();
    const { since, until = now } = request;
    if (since >= now) {
      context.addIssue({ code: 'custom', path: ['since'], message: 'a time in the past' });
    } else if (until <= since) {
      context.addIssue({ code: 'custom', path: ['until'], message: 'a time after since' });
    }
    return { ...request, until, to: request.to ?? null };
  });

const params = z.object({ id: z.uuid('the id of a reconciliation') });

/** `/api/v1/reconciliations`, for admins: POST takes in missing messages, GET returns the progress. */
export function createReconciliationRouter(
  reconciliations: Reconciliations,
  requireRole: RequireRole,
): Router {
  const admin = requireRole('admin');
  return createResourceRouter({
    '/api/v1/reconciliations': {
      post: [
        admin,
        noQuery,
        jsonBody,
        async (request, response) => {
          const created = await reconciliations.begin(validate(body, request.body ?? {}));
          request.log.info({ reconciliationId: created.id }, 'reconciliation requested');
          response.status(202).location(`/api/v1/reconciliations/${created.id}`).json(created);
        },
      ],
    },
    '/api/v1/reconciliations/:id': {
      get: [
        admin,
        noQuery,
        async (request, response) => {
          response.json(await reconciliations.find(validate(params, request.params).id));
        },
      ],
    },
  });
}
