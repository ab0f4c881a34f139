import { Router } from 'express';
import { z } from 'zod';
import type { RequireRole } from '../auth/authentication.ts';
import { instant } from '../http/fields.ts';
import { methodNotAllowed } from '../http/problem.ts';
import { jsonBody, noQuery, validate } from '../http/validate.ts';
import { mediaSid } from '../twilio/address-fields.ts';
import type { RetryFailed, RetryMedia } from './retry-media.ts';

const path = z.object({ sid: mediaSid });
const selection = z.strictObject({ since: instant.optional() });

/**
 * `POST /api/v1/media/{sid}/retry`: a failed media is fetched again; `POST /api/v1/media/retry`: all of
 * them, or those of messages since a time. 202.
 */
export function createRetryRouter(
  retryMedia: RetryMedia,
  retryFailed: RetryFailed,
  requireRole: RequireRole,
): Router {
  const router = Router();
  const moderator = requireRole('moderator');
  router
    .route('/api/v1/media/retry')
    .post(moderator, noQuery, jsonBody, async (request, response) => {
      const { since } = validate(selection, request.body ?? {});
      const retried = await retryFailed(since);
      request.log.info({ retried }, 'failed media tried again by hand');
      response.status(202).json({ retried });
    })
    .all(methodNotAllowed('POST'));
  router
    .route('/api/v1/media/:sid/retry')
    .post(moderator, noQuery, async (request, response) => {
      const { sid } = validate(path, request.params);
      await retryMedia(sid);
      request.log.info({ mediaSid: sid }, 'media tried again by hand');
      response.status(202).json({ sid, state: 'pending' });
    })
    .all(methodNotAllowed('POST'));
  return router;
}
