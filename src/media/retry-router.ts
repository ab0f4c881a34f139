import { Router } from 'express';
import { z } from 'zod';
import type { RequireRole } from '../http/authentication.ts';
import { noQuery } from '../http/no-query.ts';
import { methodNotAllowed } from '../http/problem.ts';
import { mediaSid } from '../http/sid-schema.ts';
import { validate } from '../http/validate.ts';
import type { RetryMedia } from './retry-media.ts';

const path = z.object({ sid: mediaSid });

/** `POST /api/v1/media/{sid}/retry`: a failed media is fetched again; 202. */
export function createRetryRouter(retryMedia: RetryMedia, requireRole: RequireRole): Router {
  const router = Router();
  router
    .route('/api/v1/media/:sid/retry')
    .post(requireRole('moderator'), noQuery, async (request, response) => {
      const { sid } = validate(path, request.params);
      await retryMedia(sid);
      request.log.info({ mediaSid: sid }, 'media tried again by hand');
      response.status(202).json({ sid, state: 'pending' });
    })
    .all(methodNotAllowed('POST'));
  return router;
}
