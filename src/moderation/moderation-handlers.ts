import type { RequestHandler } from 'express';
import { z } from 'zod';
import { callerOf } from '../auth/authentication.ts';
import { reasonFields } from '../http/fields.ts';
import { jsonBody, noQuery, validate } from '../http/validate.ts';
import { mediaSid, messageSid } from '../twilio/address-fields.ts';
import { type DecideMedia, decisionBody } from './decide-media.ts';
import {
  type CountDeletion,
  type DeleteMedia,
  type DeleteMessage,
  deletionPath,
} from './deletions/delete-media.ts';
import { deleteQuery } from './deletions/read-deletions.ts';
import type { DecideMessage } from './messages/decide-message.ts';
import type { RequestScan } from './request-scan.ts';
import type { PinMedia } from './retention/retention.ts';

const mediaPath = z.object({ sid: mediaSid });

const reasonOnly = z.strictObject(reasonFields);

/** What moderators do with one attachment: delete, decide, scan, pin. */
export function createMediaModeration(deps: {
  deleteMedia: DeleteMedia;
  countDeletion: CountDeletion;
  decideMedia: DecideMedia;
  pinMedia: PinMedia;
  requestScan: RequestScan;
}) {
  const remove: RequestHandler = async (request, response) => {
    const { sid } = validate(mediaPath, request.params);
    const { scope, message, dryRun, ...reason } = validate(deleteQuery, request.query);
    if (dryRun === 'true') {
      const reached = { sid, scope, withMessages: message === 'true' };
      response.json({ dryRun: true, ...(await deps.countDeletion(reached)) });
      return;
    }
    const id = await deps.deleteMedia({
      sid,
      scope,
      withMessages: message === 'true',
      actor: callerOf(response).name,
      ...reason,
    });
    request.log.info({ mediaSid: sid, scope, deletionId: String(id) }, 'media deleted');
    response.status(204).location(deletionPath(id)).end();
  };

  const decide: RequestHandler = async (request, response) => {
    const { sid } = validate(mediaPath, request.params);
    const { decision, expected, ...reason } = validate(decisionBody, request.body ?? {});
    const decider = { actor: callerOf(response).name, ...reason };
    const outcome = await deps.decideMedia(sid, decision, decider, expected);
    request.log.info({ mediaSid: sid, decision, changed: outcome.changed }, 'media decided');
    response.json(outcome);
  };

  const scan: RequestHandler = async (request, response) => {
    const { sid } = validate(mediaPath, request.params);
    const reason = validate(reasonOnly, request.body ?? {});
    await deps.requestScan(sid, { actor: callerOf(response).name, ...reason });
    request.log.info({ mediaSid: sid }, 'scan asked for by hand');
    response.status(202).location(`/api/v1/media/${sid}`).json({ sid });
  };

  const setPinned =
    (pinned: boolean): RequestHandler =>
    async (request, response) => {
      const { sid } = validate(mediaPath, request.params);
      const reason = validate(reasonOnly, request.body ?? {});
      await deps.pinMedia(sid, pinned, { actor: callerOf(response).name, ...reason });
      response.json({ sid, pinned });
    };

  return {
    remove,
    decide: [noQuery, jsonBody, decide],
    scan: [noQuery, jsonBody, scan],
    pin: [noQuery, jsonBody, setPinned(true)],
    unpin: [noQuery, jsonBody, setPinned(false)],
  };
}

const messagePath = z.object({ sid: messageSid });

/** What moderators do with one message: delete, decide. */
export function createMessageModeration(deps: {
  deleteMessage: DeleteMessage;
  decideMessage: DecideMessage;
}) {
  const remove: RequestHandler = async (request, response) => {
    const { sid } = validate(messagePath, request.params);
    const reason = validate(reasonOnly, request.query);
    const id = await deps.deleteMessage(sid, { actor: callerOf(response).name, ...reason });
    request.log.info({ messageSid: sid, deletionId: String(id) }, 'message deleted');
    response.status(204).location(deletionPath(id)).end();
  };

  const decide: RequestHandler = async (request, response) => {
    const { sid } = validate(messagePath, request.params);
    const { decision, expected, ...reason } = validate(decisionBody, request.body ?? {});
    const decider = { actor: callerOf(response).name, ...reason };
    const outcome = await deps.decideMessage(sid, decision, decider, expected);
    request.log.info({ messageSid: sid, decision, changed: outcome.changed }, 'message decided');
    response.json(outcome);
  };

  return { remove, decide: [noQuery, jsonBody, decide] };
}
