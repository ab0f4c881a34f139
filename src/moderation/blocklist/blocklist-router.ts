import type { RequestHandler, Router } from 'express';
import { z } from 'zod';
import { callerOf, type RequireRole } from '../../auth/authentication.ts';
import type { Database } from '../../database/database.ts';
import { AppError } from '../../errors/app-error.ts';
import { BlocklistPolicy } from '../../generated/prisma/client.ts';
import { reasonFields } from '../../http/fields.ts';
import { createResourceRouter } from '../../http/resource-router.ts';
import { jsonBody, noQuery, validate } from '../../http/validate.ts';
import { mediaSid } from '../../twilio/address-fields.ts';
import type { BlockMedia } from './block-hashes.ts';
import type { RemoveEntry } from './blocklist-entries.ts';
import { blocklistQuery, entryPath, listBlocklist } from './list-blocklist.ts';
import type { UploadBlocklist, UploadedHashes } from './upload-blocklist.ts';

const terms = {
  policy: z.enum(BlocklistPolicy, { error: 'quarantine or delete' }).default('quarantine'),
  ...reasonFields,
};
const uploadForm = z.strictObject({
  ...terms,
  applyToExisting: z
    .enum(['true', 'false'], { error: 'true or false' })
    .transform((text) => text === 'true')
    .default(false),
});
const blockBody = z.strictObject({
  ...terms,
  applyToExisting: z.boolean('true or false').default(false),
});
const mediaPath = z.object({ sid: mediaSid });

/** `/api/v1/blocklist`: what is blocked, for moderators; more and less of it, for admins. */
export function createBlocklistRouter(deps: {
  database: Database;
  requireRole: RequireRole;
  /** Puts the file of a form's field `file` into the scratch folder, as `request.files`. */
  readUpload: RequestHandler;
  discard: (path: string) => Promise<void>;
  uploadBlocklist: UploadBlocklist;
  removeEntry: RemoveEntry;
}): Router {
  const { database, requireRole } = deps;
  const admin = requireRole('admin');

  const list: RequestHandler = async (request, response) => {
    response.json(await listBlocklist(database, validate(blocklistQuery, request.query)));
  };

  const extend: RequestHandler = async (request, response) => {
    const [file] = (request.files ?? []) as unknown as UploadedHashes[];
    try {
      if (file === undefined) {
        throw new AppError('invalid_request', 'Not valid: file.', {
          fields: [{ field: 'file', message: 'needs a picture, or a list of hashes' }],
        });
      }
      const { applyToExisting, ...form } = validate(uploadForm, { ...request.body });
      const actor = callerOf(response).name;
      const outcome = await deps.uploadBlocklist(file, { actor, ...form }, applyToExisting);
      const { kind, added, raised, known } = outcome;
      request.log.info({ kind, added, raised, known }, 'blocklist extended');
      response.json(outcome);
    } finally {
      if (file !== undefined) await deps.discard(file.path);
    }
  };

  const remove: RequestHandler = async (request, response) => {
    const { id } = validate(entryPath, request.params);
    const why = validate(z.strictObject(reasonFields), request.query);
    await deps.removeEntry(id, { actor: callerOf(response).name, ...why });
    request.log.info({ entry: String(id) }, 'blocklist entry removed');
    response.status(204).end();
  };

  return createResourceRouter({
    '/api/v1/blocklist': {
      get: [requireRole('moderator'), list],
      post: [admin, noQuery, deps.readUpload, extend],
    },
    '/api/v1/blocklist/:id': { delete: [admin, remove] },
  });
}

/** Blocks the bytes of an attachment, and what looks like it. */
export function createBlockHandlers(blockMedia: BlockMedia): RequestHandler[] {
  const block: RequestHandler = async (request, response) => {
    const { sid } = validate(mediaPath, request.params);
    const { applyToExisting, ...body } = validate(blockBody, request.body ?? {});
    const actor = callerOf(response).name;
    const outcome = await blockMedia(sid, { actor, ...body }, applyToExisting);
    request.log.info({ mediaSid: sid, added: outcome.added }, 'media blocked');
    response.json(outcome);
  };
  return [noQuery, jsonBody, block];
}
