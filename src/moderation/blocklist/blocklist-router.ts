import type { RequestHandler, Router } from 'express';
import { callerOf } from '../../auth/authentication.ts';
import type { Database } from '../../database/database.ts';
import { AppError } from '../../errors/app-error.ts';
import { sendPage } from '../../http/paging.ts';
import { createResourceRouter, type Guard, type Route, route } from '../../http/resource-router.ts';
import { validate } from '../../http/validate.ts';
import { proposalItem } from '../reviews/proposal-schemas.ts';
import type { RequireOneReviewer } from '../reviews/proposals.ts';
import type { BlockMedia } from './block-media.ts';
import type { CountRemoval, RemoveEntry } from './blocklist-entries.ts';
import { blocklistOperations as operations } from './blocklist-operations.ts';
import { listBlocklist } from './list-blocklist.ts';
import type { UploadBlocklist, UploadedHashes } from './upload-blocklist.ts';

const FROM_ATTACHMENTS = 'Block stored attachments one at a time with it.';

/** `/api/v1/blocklist`: what is blocked, for moderators; more and less of it, for admins. */
export function createBlocklistRouter(
  guard: Guard,
  deps: {
    database: Database;
    /** Puts the file of a form's field `file` into the scratch folder, as `request.files`. */
    readUpload: RequestHandler;
    discard: (path: string) => Promise<void>;
    uploadBlocklist: UploadBlocklist;
    removeEntry: RemoveEntry;
    countRemoval: CountRemoval;
    requireOneReviewer: RequireOneReviewer;
  },
): Router {
  const { form } = operations.uploadBlocklist;

  const upload = route(
    operations.uploadBlocklist,
    async ({ request, response }) => {
      const [file] = (request.files ?? []) as unknown as UploadedHashes[];
      try {
        if (file === undefined) {
          throw new AppError('invalid_request', 'Not valid: file.', {
            fields: [{ field: 'file', message: 'needs a picture, or a list of hashes' }],
          });
        }
        const { applyToExisting, dryRun, ...terms } = validate(form.fields, { ...request.body });
        await deps.requireOneReviewer(terms.reasonCode, FROM_ATTACHMENTS);
        const actor = callerOf(response).name;
        const options = { applyToExisting, dryRun };
        const outcome = await deps.uploadBlocklist(file, { actor, ...terms }, options);
        const { kind, added, raised, known } = outcome;
        if (!dryRun) request.log.info({ kind, added, raised, known }, 'blocklist extended');
        response.json(outcome);
      } finally {
        if (file !== undefined) await deps.discard(file.path);
      }
    },
    deps.readUpload,
  );

  return createResourceRouter(guard, [
    route(operations.listBlocklist, async ({ query, request, response }) => {
      sendPage(request, response, await listBlocklist(deps.database, query));
    }),
    upload,
    route(operations.removeBlocklistEntry, async ({ params: { id }, query, request, response }) => {
      const { dryRun, ...reason } = query;
      if (dryRun) {
        response.json({ dryRun, ...(await deps.countRemoval(id)) });
        return;
      }
      await deps.removeEntry(id, { actor: callerOf(response).name, ...reason });
      request.log.info({ entry: String(id) }, 'blocklist entry removed');
      response.status(204).end();
    }),
  ]);
}

/** Blocks the bytes of an attachment, and what looks like it. */
export function createBlockRoute(blockMedia: BlockMedia): Route {
  return route(operations.blockMedia, async ({ params: { sid }, body, request, response }) => {
    const outcome = await blockMedia(sid, { actor: callerOf(response).name, ...body });
    if ('proposedBy' in outcome) {
      request.log.info({ mediaSid: sid }, 'block proposed');
      response.status(202).json({ proposal: proposalItem(outcome) });
      return;
    }
    if (!body.dryRun) request.log.info({ mediaSid: sid, added: outcome.added }, 'media blocked');
    response.json(outcome);
  });
}
