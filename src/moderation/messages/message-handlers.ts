import type { RequestHandler } from 'express';
import { z } from 'zod';
import { callerOf } from '../../auth/authentication.ts';
import { reasonFields } from '../../http/fields.ts';
import { jsonBody, noQuery, validate } from '../../http/validate.ts';
import { messageSid } from '../../twilio/address-fields.ts';
import { decisionBody } from '../decide-media.ts';
import { type DeleteMessage, deletionPath } from '../deletions/delete-media.ts';
import type { DecideMessage } from './decide-message.ts';

const path = z.object({ sid: messageSid });
const deleteQuery = z.strictObject(reasonFields);

/** What moderators do with one message: delete, decide. */
export function createMessageModeration(deps: {
  deleteMessage: DeleteMessage;
  decideMessage: DecideMessage;
}) {
  const remove: RequestHandler = async (request, response) => {
    const { sid } = validate(path, request.params);
    const reason = validate(deleteQuery, request.query);
    const id = await deps.deleteMessage(sid, { actor: callerOf(response).name, ...reason });
    request.log.info({ messageSid: sid, deletionId: String(id) }, 'message deleted');
    response.status(204).location(deletionPath(id)).end();
  };

  const decide: RequestHandler = async (request, response) => {
    const { sid } = validate(path, request.params);
    const { decision, expected, ...reason } = validate(decisionBody, request.body ?? {});
    const decider = { actor: callerOf(response).name, ...reason };
    const outcome = await deps.decideMessage(sid, decision, decider, expected);
    request.log.info({ messageSid: sid, decision, changed: outcome.changed }, 'message decided');
    response.json(outcome);
  };

  return { remove, decide: [noQuery, jsonBody, decide] };
}
