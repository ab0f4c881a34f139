import type { Router } from 'express';
import { callerOf, type RequireRole } from '../../auth/authentication.ts';
import { createResourceRouter } from '../../http/resource-router.ts';
import { createJsonBody, noQuery, validate } from '../../http/validate.ts';
import { type Senders, senderChange, senderListQuery } from './senders.ts';

const senderBody = createJsonBody('32kb');

/** `/api/v1/senders`, for moderators: block, mute, note. */
export function createSendersRouter(senders: Senders, requireRole: RequireRole): Router {
  const moderator = requireRole('moderator');
  return createResourceRouter({
    '/api/v1/senders': {
      get: [
        moderator,
        async (request, response) => {
          response.json(await senders.list(validate(senderListQuery, request.query)));
        },
      ],
      put: [
        moderator,
        noQuery,
        senderBody,
        async (request, response) => {
          const body = validate(senderChange, request.body ?? {});
          const { address, reasonCode, reason, ...change } = body;
          const decider = { actor: callerOf(response).name, reasonCode, reason };
          const sender = await senders.update(address, change, decider);
          request.log.info({ senderId: sender.id, policy: sender.policy }, 'sender decided');
          response.json(sender);
        },
      ],
    },
  });
}
