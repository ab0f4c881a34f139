import type { Router } from 'express';
import { z } from 'zod';
import { callerOf, type RequireRole } from '../../auth/authentication.ts';
import { BulkOutcome } from '../../generated/prisma/client.ts';
import { pageLimit } from '../../http/fields.ts';
import { createResourceRouter } from '../../http/resource-router.ts';
import { createJsonBody, noQuery, validate } from '../../http/validate.ts';
import { mediaSid } from '../../twilio/address-fields.ts';
import { mustBeScanning } from '../request-scan.ts';
import type { BulkActs } from './bulk-acts.ts';
import { bulkListQuery, bulkRequest } from './bulk-request.ts';

// Ten thousand sids.
const bulkBody = createJsonBody('512kb');
const params = z.object({ id: z.uuid('the id of a bulk act') });
const outcomes = ['todo', ...Object.values(BulkOutcome)] as const;
const itemsQuery = z.strictObject({
  outcome: z.enum(outcomes, { error: `one of ${outcomes.join(', ')}` }),
  after: mediaSid.optional(),
  limit: pageLimit(1000, 1000),
});

/** `/api/v1/bulk`, for moderators: one act on many media, counted first, followed and cancelled. */
export function createBulkRouter(
  acts: BulkActs,
  requireRole: RequireRole,
  isScanning: boolean,
): Router {
  const moderator = requireRole('moderator');
  return createResourceRouter({
    '/api/v1/bulk': {
      get: [
        moderator,
        async (request, response) => {
          response.json(await acts.list(validate(bulkListQuery, request.query)));
        },
      ],
      post: [
        moderator,
        noQuery,
        bulkBody,
        async (request, response) => {
          const wanted = validate(bulkRequest, request.body ?? {});
          if (wanted.action === 'scan') mustBeScanning(isScanning);
          if (wanted.dryRun) {
            response.json({ dryRun: true, ...(await acts.count(wanted)) });
            return;
          }
          const act = await acts.begin(wanted, callerOf(response).name);
          request.log.info(
            { bulkId: act.id, action: act.action, total: act.total },
            'bulk act begun',
          );
          response.status(202).location(`/api/v1/bulk/${act.id}`).json(act);
        },
      ],
    },
    '/api/v1/bulk/:id': {
      get: [
        moderator,
        noQuery,
        async (request, response) => {
          response.json(await acts.find(validate(params, request.params).id));
        },
      ],
    },
    '/api/v1/bulk/:id/items': {
      get: [
        moderator,
        async (request, response) => {
          const { id } = validate(params, request.params);
          const { outcome, after = '', limit } = validate(itemsQuery, request.query);
          await acts.find(id);
          const page = { outcome: outcome === 'todo' ? null : outcome, after, limit };
          const sids = await acts.items(id, page);
          response.json({ sids, after: sids.length === limit ? sids.at(-1) : null });
        },
      ],
    },
    '/api/v1/bulk/:id/cancel': {
      post: [
        moderator,
        noQuery,
        async (request, response) => {
          const { id } = validate(params, request.params);
          const act = await acts.cancel(id, callerOf(response).name);
          request.log.info({ bulkId: id }, 'bulk act cancelled');
          response.json(act);
        },
      ],
    },
  });
}
