import type { Router } from 'express';
import { createMessageRoutes } from '../gallery/gallery-routes.ts';
import { createResourceRouter, type Guard } from '../http/resource-router.ts';
import { createCountMessageDeletion } from '../moderation/deletions/delete-media.ts';
import { createDecideMessage } from '../moderation/messages/decide-message.ts';
import { createMessageModerationRoutes } from '../moderation/moderation-routes.ts';
import type { OwnNumbers } from '../moderation/own-numbers.ts';
import type { RequireListedCode } from '../moderation/reason-codes/reason-codes.ts';
import type { RequireOneReviewer } from '../moderation/reviews/proposals.ts';
import type { Services } from './services.ts';

/** `/api/v1/messages`: every path of messages, with the routes of the folders that own them. */
export function createMessagesRouter(
  guard: Guard,
  { database, deleteMessage }: Services,
  deps: {
    requireListedCode: RequireListedCode;
    requireOneReviewer: RequireOneReviewer;
    ownNumbers: OwnNumbers;
  },
): Router {
  return createResourceRouter(guard, [
    ...createMessageRoutes(database),
    ...createMessageModerationRoutes({
      deleteMessage,
      countMessageDeletion: createCountMessageDeletion(database),
      decideMessage: createDecideMessage(database),
      ...deps,
    }),
  ]);
}
