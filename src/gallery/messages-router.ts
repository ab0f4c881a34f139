import { Router } from 'express';
import { z } from 'zod';
import type { RequireRole } from '../auth/authentication.ts';
import type { Database } from '../database/database.ts';
import { AppError } from '../errors/app-error.ts';
import { methodNotAllowed, passOn } from '../http/problem.ts';
import { noQuery, validate } from '../http/validate.ts';
import { messageSid } from '../twilio/address-fields.ts';
import { visibilityOf } from './access.ts';
import { listMessages, messageInclude, messageItem } from './list-messages.ts';
import { messageListQuery } from './list-query.ts';

const messagePath = z.object({ sid: messageSid });

/** `GET /api/v1/messages` and `/api/v1/messages/{sid}`. */
export function createMessagesRouter(deps: {
  database: Database;
  requireRole: RequireRole;
}): Router {
  const { database } = deps;
  const router = Router();
  const viewer = deps.requireRole('viewer');

  router
    .route('/api/v1/messages')
    .get(viewer, async (request, response) => {
      const query = validate(messageListQuery, request.query);
      response.json(await listMessages(database, query, visibilityOf(response)));
    })
    .all(methodNotAllowed('GET'));

  // Decisions and deletes have a router of their own.
  router
    .route('/api/v1/messages/:sid')
    .get(viewer, noQuery, async (request, response) => {
      const { sid } = validate(messagePath, request.params);
      const visibility = visibilityOf(response);
      const row = await database.prisma.message.findUnique({
        where: { sid },
        include: messageInclude(visibility),
      });
      if (row === null || (visibility === 'visible' && row.moderation !== 'visible')) {
        throw new AppError('not_found', 'There is no message with this sid.');
      }
      response.json(messageItem(row, visibility));
    })
    .all(passOn);

  return router;
}
