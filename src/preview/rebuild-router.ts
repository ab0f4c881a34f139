import type { Router } from 'express';
import { accepted } from '../http/accepted.ts';
import { createResourceRouter, type Guard, route } from '../http/resource-router.ts';
import { rebuildOperations as operations } from './rebuild-operations.ts';
import type { PreviewRebuild } from './rebuild-previews.ts';

/** Rebuilding previews, and how many are left. */
export function createRebuildRouter(guard: Guard, rebuild: PreviewRebuild): Router {
  return createResourceRouter(guard, [
    route(operations.rebuildPreviews, async ({ body, request, response }) => {
      const { resume, ...selection } = body;
      const marked = resume ? await rebuild.resume() : await rebuild.begin(selection);
      request.log.info({ marked }, 'previews marked for rebuild');
      const remaining = await rebuild.remaining();
      accepted(response).location(operations.showRebuild.path).json({ marked, remaining });
    }),
    route(operations.showRebuild, async ({ response }) => {
      response.json({ remaining: await rebuild.remaining() });
    }),
  ]);
}
