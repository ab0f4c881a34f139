import { Router } from 'express';
import { z } from 'zod';
import type { RequireRole } from '../http/authentication.ts';
import { methodNotAllowed } from '../http/problem.ts';
import { mediaSid } from '../http/sid-schema.ts';
import { validate } from '../http/validate.ts';
import type { DeleteMedia } from './delete-media.ts';

const path = z.object({ sid: mediaSid });
const query = z.strictObject({
  scope: z.enum(['one'], { error: 'one; the wider scopes are not there yet' }).default('one'),
});

/** `DELETE /api/v1/media/{sid}`. */
export function createModerationRouter(deps: {
  deleteMedia: DeleteMedia;
  requireRole: RequireRole;
}): Router {
  const router = Router();
  router.delete('/api/v1/media/:sid', deps.requireRole('moderator'), async (request, response) => {
    const { sid } = validate(path, request.params);
    validate(query, request.query);
    await deps.deleteMedia(sid);
    request.log.info({ mediaSid: sid }, 'media deleted');
    response.status(204).end();
  });
  // The gallery's and the import's routes come before: what is left has no method of theirs.
  router.all('/api/v1/media', methodNotAllowed('GET', 'POST'));
  router.all('/api/v1/media/:sid', methodNotAllowed('GET', 'DELETE'));
  return router;
}
