import type { Router } from 'express';
import { z } from 'zod';
import type { RequireRole } from '../../auth/authentication.ts';
import { createResourceRouter } from '../../http/resource-router.ts';
import { noQuery, validate } from '../../http/validate.ts';
import { endpointPath } from '../endpoints/endpoints-router.ts';
import { type Deliveries, deliveriesQuery } from './deliveries.ts';

const path = z.object({ id: z.string().regex(/^dlv_[0-9a-f]{32}$/, 'the id of a delivery') });

/** Lists the deliveries of an endpoint and resends them; for admins. */
export function createDeliveriesRouter(deliveries: Deliveries, requireRole: RequireRole): Router {
  const admin = requireRole('admin');
  return createResourceRouter({
    '/api/v1/endpoints/:id/deliveries': {
      get: [
        admin,
        async (request, response) => {
          const { id } = validate(endpointPath, request.params);
          response.json(await deliveries.list(id, validate(deliveriesQuery, request.query)));
        },
      ],
    },
    '/api/v1/deliveries/:id/resend': {
      post: [
        admin,
        noQuery,
        async (request, response) => {
          const { id } = validate(path, request.params);
          const item = await deliveries.resend(id);
          request.log.info({ deliveryId: id }, 'event resent manually');
          response.status(202).json(item);
        },
      ],
    },
  });
}
