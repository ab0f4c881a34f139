import { callerOf } from '../auth/authentication.ts';
import { accepted } from '../http/accepted.ts';
import { type Route, route } from '../http/resource-router.ts';
import type { DecideMedia } from './decide-media.ts';
import {
  type CountDeletion,
  type CountMessageDeletion,
  type DeleteMedia,
  type DeleteMessage,
  deletionPath,
} from './deletions/delete-media.ts';
import type { DecideMessage } from './messages/decide-message.ts';
import { moderationOperations as operations } from './moderation-operations.ts';
import type { OwnNumbers } from './own-numbers.ts';
import type { RequireListedCode } from './reason-codes/reason-codes.ts';
import type { RequestScan } from './request-scan.ts';
import type { PinMedia } from './retention/retention.ts';
import { proposalItem } from './reviews/proposal-schemas.ts';
import type { RequireOneReviewer, ReviewAct } from './reviews/proposals.ts';

/** What moderators do with one attachment: delete, decide, scan, pin. */
export function createMediaModerationRoutes(deps: {
  deleteMedia: DeleteMedia;
  countDeletion: CountDeletion;
  decideMedia: DecideMedia;
  pinMedia: PinMedia;
  requestScan: RequestScan;
  requireListedCode: RequireListedCode;
  ownNumbers: OwnNumbers;
  reviewAct: ReviewAct;
}): Route[] {
  return [
    route(operations.deleteMedia, async ({ params: { sid }, query, request, response }) => {
      const { scope, message: withMessages, dryRun, ...reason } = query;
      await deps.requireListedCode(reason.reasonCode);
      await deps.ownNumbers.requireMedia(callerOf(response), sid, scope);
      if (dryRun) {
        const counted = await deps.countDeletion({ sid, scope, withMessages });
        response.json({ dryRun, ...counted });
        return;
      }
      const { name: actor } = callerOf(response);
      const wanted = {
        act: 'delete',
        mediaSid: sid,
        scope,
        withMessages,
        blockSender: false,
        actor,
        ...reason,
      } as const;
      const proposal = await deps.reviewAct(wanted);
      if (proposal !== null) {
        request.log.info({ mediaSid: sid, scope }, 'delete proposed');
        response.status(202).json({ proposal: proposalItem(proposal) });
        return;
      }
      const id = await deps.deleteMedia({ sid, scope, withMessages, actor, ...reason });
      request.log.info({ mediaSid: sid, scope, deletionId: String(id) }, 'media deleted');
      response.status(204).location(deletionPath(id)).end();
    }),
    route(operations.decideMedia, async ({ params: { sid }, body, request, response }) => {
      const { decision, expected, ...reason } = body;
      await deps.requireListedCode(reason.reasonCode);
      await deps.ownNumbers.requireMedia(callerOf(response), sid);
      const decider = { actor: callerOf(response).name, ...reason };
      const outcome = await deps.decideMedia(sid, decision, decider, expected);
      request.log.info({ mediaSid: sid, decision, changed: outcome.changed }, 'media decided');
      response.json(outcome);
    }),
    route(operations.scanMedia, async ({ params: { sid }, body, request, response }) => {
      await deps.requestScan(sid, { actor: callerOf(response).name, ...body });
      request.log.info({ mediaSid: sid }, 'scan asked for by hand');
      accepted(response).location(`/api/v1/media/${sid}`).json({ sid });
    }),
    route(operations.pinMedia, async ({ params: { sid }, body, response }) => {
      await deps.pinMedia(sid, true, { actor: callerOf(response).name, ...body });
      response.json({ sid, pinned: true });
    }),
    route(operations.unpinMedia, async ({ params: { sid }, body, response }) => {
      await deps.pinMedia(sid, false, { actor: callerOf(response).name, ...body });
      response.json({ sid, pinned: false });
    }),
  ];
}

/** What moderators do with one message: delete, decide. */
export function createMessageModerationRoutes(deps: {
  deleteMessage: DeleteMessage;
  countMessageDeletion: CountMessageDeletion;
  decideMessage: DecideMessage;
  requireListedCode: RequireListedCode;
  requireOneReviewer: RequireOneReviewer;
  ownNumbers: OwnNumbers;
}): Route[] {
  return [
    route(operations.deleteMessage, async ({ params: { sid }, query, request, response }) => {
      const { dryRun, ...reason } = query;
      await deps.requireListedCode(reason.reasonCode);
      await deps.requireOneReviewer(reason.reasonCode);
      await deps.ownNumbers.requireMessage(callerOf(response), sid);
      if (dryRun) {
        response.json({ dryRun, ...(await deps.countMessageDeletion(sid)) });
        return;
      }
      const id = await deps.deleteMessage(sid, { actor: callerOf(response).name, ...reason });
      request.log.info({ messageSid: sid, deletionId: String(id) }, 'message deleted');
      response.status(204).location(deletionPath(id)).end();
    }),
    route(operations.decideMessage, async ({ params: { sid }, body, request, response }) => {
      const { decision, expected, ...reason } = body;
      await deps.requireListedCode(reason.reasonCode);
      await deps.ownNumbers.requireMessage(callerOf(response), sid);
      const decider = { actor: callerOf(response).name, ...reason };
      const outcome = await deps.decideMessage(sid, decision, decider, expected);
      request.log.info({ messageSid: sid, decision, changed: outcome.changed }, 'message decided');
      response.json(outcome);
    }),
  ];
}
