import type { Router } from 'express';
import { z } from 'zod';
import type { RequireRole } from '../auth/authentication.ts';
import { createResourceRouter } from '../http/resource-router.ts';
import { jsonBody, noQuery, validate } from '../http/validate.ts';
import { PREVIEW_TYPES, type PreviewTypeGroup } from './preview-types.ts';
import type { PreviewRebuild } from './rebuild-previews.ts';

const KINDS = Object.keys(PREVIEW_TYPES) as [PreviewTypeGroup, ...PreviewTypeGroup[]];
const flag = z.boolean('true or false').default(false);
const body = z
  .strictObject({
    kind: z.enum(KINDS, { error: `one of ${KINDS.join(', ')}` }).optional(),
    failed: flag,
    /** Continues what an earlier request has left unfinished. */
    resume: flag,
  })
  .refine(({ kind, failed, resume }) => !resume || (kind === undefined && !failed), {
    path: ['resume'],
    message: 'cannot be combined with kind or failed',
  });

/** `/api/v1/previews/rebuild`: POST rebuilds previews, GET returns how many are left. */
export function createRebuildRouter(rebuild: PreviewRebuild, requireRole: RequireRole): Router {
  return createResourceRouter({
    '/api/v1/previews/rebuild': {
      get: [
        requireRole('moderator'),
        noQuery,
        async (_request, response) => {
          response.json({ remaining: await rebuild.remaining() });
        },
      ],
      post: [
        requireRole('moderator'),
        noQuery,
        jsonBody,
        async (request, response) => {
          const { resume, ...selection } = validate(body, request.body ?? {});
          const marked = resume ? await rebuild.resume() : await rebuild.begin(selection);
          request.log.info({ marked }, 'previews marked for rebuild');
          response.status(202).json({ marked, remaining: await rebuild.remaining() });
        },
      ],
    },
  });
}
