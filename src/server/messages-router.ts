import type { Router } from 'express';
import type { RequireRole } from '../auth/authentication.ts';
import { createMessageHandlers } from '../gallery/gallery-handlers.ts';
import { createResourceRouter } from '../http/resource-router.ts';
import { createDecideMessage } from '../moderation/messages/decide-message.ts';
import { createMessageModeration } from '../moderation/moderation-handlers.ts';
import type { Services } from './services.ts';

/** `/api/v1/messages`: every path of messages, with the role that each method needs. */
export function createMessagesRouter(
  { database, deleteMessage }: Services,
  requireRole: RequireRole,
): Router {
  const messages = createMessageHandlers(database);
  const moderation = createMessageModeration({
    deleteMessage,
    decideMessage: createDecideMessage(database),
  });
  const viewer = requireRole('viewer');
  const moderator = requireRole('moderator');

  return createResourceRouter({
    '/api/v1/messages': { get: [viewer, messages.list] },
    '/api/v1/messages/:sid': {
      get: [viewer, messages.show],
      delete: [moderator, moderation.remove],
    },
    '/api/v1/messages/:sid/decision': { post: [moderator, moderation.decide] },
  });
}
