import type { Router } from 'express';
import { z } from 'zod';
import { callerOf, type RequireRole } from '../../auth/authentication.ts';
import { reasonFields } from '../../http/fields.ts';
import { createResourceRouter } from '../../http/resource-router.ts';
import { jsonBody, noQuery, validate } from '../../http/validate.ts';
import { storedSender } from '../../twilio/address-fields.ts';
import type { Erasures } from './erasures.ts';

const body = z.strictObject({
  address: storedSender,
  dryRun: z.boolean('true or false').default(false),
  ...reasonFields,
});
const params = z.object({ id: z.uuid('the id of an erasure') });

/** `/api/v1/senders/erasures`, for admins: everything of a sender goes, here and at Twilio. */
export function createErasuresRouter(erasures: Erasures, requireRole: RequireRole): Router {
  const admin = requireRole('admin');
  return createResourceRouter({
    '/api/v1/senders/erasures': {
      post: [
        admin,
        noQuery,
        jsonBody,
        async (request, response) => {
          const { address, dryRun, ...reason } = validate(body, request.body ?? {});
          if (dryRun) {
            response.json({ dryRun, ...(await erasures.count(address)) });
            return;
          }
          const decider = { actor: callerOf(response).name, ...reason };
          const erasure = await erasures.begin(address, decider);
          request.log.info({ erasureId: erasure.id }, 'erasure requested');
          response.status(202).location(`/api/v1/senders/erasures/${erasure.id}`).json(erasure);
        },
      ],
    },
    '/api/v1/senders/erasures/:id': {
      get: [
        admin,
        noQuery,
        async (request, response) => {
          response.json(await erasures.find(validate(params, request.params).id));
        },
      ],
    },
  });
}
