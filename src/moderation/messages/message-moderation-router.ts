import { Router } from 'express';
import { z } from 'zod';
import { callerOf, type RequireRole } from '../../auth/authentication.ts';
import { reasonFields } from '../../http/fields.ts';
import { methodNotAllowed } from '../../http/problem.ts';
import { jsonBody, noQuery, validate } from '../../http/validate.ts';
import { messageSid } from '../../twilio/address-fields.ts';
import { decisionBody } from '../decide-media.ts';
import { type DeleteMessage, deletionPath } from '../deletions/delete-media.ts';
import type { DecideMessage } from './decide-message.ts';

const path = z.object({ sid: messageSid });
const deleteQuery = z.strictObject(reasonFields);

/** What moderators decide about one message: `DELETE /api/v1/messages/{sid}`, `…/decision`. */
export function createMessageModerationRouter(deps: {
  deleteMessage: DeleteMessage;
  decideMessage: DecideMessage;
  requireRole: RequireRole;
}): Router {
  const router = Router();
  const moderator = deps.requireRole('moderator');
  router.delete('/api/v1/messages/:sid', moderator, async (request, response) => {
    const { sid } = validate(path, request.params);
    const reason = validate(deleteQuery, request.query);
    const id = await deps.deleteMessage(sid, { actor: callerOf(response).name, ...reason });
    request.log.info({ messageSid: sid, deletionId: String(id) }, 'message deleted');
    response.status(204).location(deletionPath(id)).end();
  });
  router
    .route('/api/v1/messages/:sid/decision')
    .post(moderator, noQuery, jsonBody, async (request, response) => {
      const { sid } = validate(path, request.params);
      const { decision, expected, ...reason } = validate(decisionBody, request.body ?? {});
      const decider = { actor: callerOf(response).name, ...reason };
      const outcome = await deps.decideMessage(sid, decision, decider, expected);
      request.log.info({ messageSid: sid, decision, changed: outcome.changed }, 'message decided');
      response.json(outcome);
    })
    .all(methodNotAllowed('POST'));
  // `GET` is the gallery's, which comes before.
  router.all('/api/v1/messages/:sid', methodNotAllowed('GET', 'DELETE'));
  return router;
}
