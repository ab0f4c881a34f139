import type { Router } from 'express';
import { callerOf, type RequireRole } from '../../auth/authentication.ts';
import type { Database } from '../../database/database.ts';
import { createResourceRouter } from '../../http/resource-router.ts';
import { noQuery, validate } from '../../http/validate.ts';
import { deletionPath } from './delete-media.ts';
import {
  deletionListQuery,
  deletionPathParams,
  listDeletions,
  listTargets,
  readDeletion,
  targetListQuery,
} from './read-deletions.ts';
import type { RetryDeletion } from './retry-deletion.ts';

/** `/api/v1/deletions`, for moderators: how far deletions are, and `POST …/retry`. */
export function createDeletionsRouter(deps: {
  database: Database;
  retryDeletion: RetryDeletion;
  requireRole: RequireRole;
}): Router {
  const { database, retryDeletion, requireRole } = deps;
  const moderator = requireRole('moderator');
  return createResourceRouter({
    '/api/v1/deletions': {
      get: [
        moderator,
        async (request, response) => {
          response.json(await listDeletions(database, validate(deletionListQuery, request.query)));
        },
      ],
    },
    '/api/v1/deletions/:id': {
      get: [
        moderator,
        noQuery,
        async (request, response) => {
          const { id } = validate(deletionPathParams, request.params);
          response.json(await readDeletion(database, id));
        },
      ],
    },
    '/api/v1/deletions/:id/targets': {
      get: [
        moderator,
        async (request, response) => {
          const { id } = validate(deletionPathParams, request.params);
          response.json(await listTargets(database, id, validate(targetListQuery, request.query)));
        },
      ],
    },
    '/api/v1/deletions/:id/retry': {
      post: [
        moderator,
        noQuery,
        async (request, response) => {
          const { id } = validate(deletionPathParams, request.params);
          await retryDeletion(id, callerOf(response).name);
          request.log.info({ deletionId: String(id) }, 'deletion tried again by hand');
          response
            .status(202)
            .location(deletionPath(id))
            .json(await readDeletion(database, id));
        },
      ],
    },
  });
}
