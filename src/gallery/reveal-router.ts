import { type Request, Router } from 'express';
import { z } from 'zod';
import { callerOf, type RequireRole } from '../auth/authentication.ts';
import type { MediaLinks } from '../auth/media-links.ts';
import type { Database } from '../database/database.ts';
import { type Reason, reasonFields } from '../http/fields.ts';
import { methodNotAllowed } from '../http/problem.ts';
import { jsonBody, noQuery, validate } from '../http/validate.ts';
import { createFindMedia } from './list-media.ts';
import { mediaItem } from './media-item.ts';
import { storedBlob } from './send-media.ts';

/** Long enough to look, too short to pass on. */
const LINK_SECONDS = 300;
const body = z.strictObject(reasonFields);

/**
 * `POST /api/v1/media/{sid}/reveal`: links that show a media also while it is held back, to a moderator,
 * for five minutes.
 */
export function createRevealRouter(deps: {
  database: Database;
  requireRole: RequireRole;
  links: MediaLinks;
  baseUrl: (request: Request) => string;
  /** Keeps who looks, before anything is shown. */
  revealMedia: (sid: string, by: { actor: string } & Reason) => Promise<void>;
}): Router {
  const router = Router();
  const findMedia = createFindMedia(deps.database);
  const moderator = deps.requireRole('moderator');
  router
    .route('/api/v1/media/:sid/reveal')
    .post(moderator, noQuery, jsonBody, async (request, response) => {
      const reason = validate(body, request.body ?? {});
      const media = await findMedia(request.params, 'everything');
      storedBlob(media, false);
      await deps.revealMedia(media.sid, { actor: callerOf(response).name, ...reason });
      request.log.info({ mediaSid: media.sid }, 'media revealed');
      const item = mediaItem(media, 'everything');
      const links = deps.links.create(item, deps.baseUrl(request), LINK_SECONDS, 'reveal');
      response.status(201).json(links);
    })
    .all(methodNotAllowed('POST'));
  return router;
}
