import { Router } from 'express';
import { z } from 'zod';
import { AppError } from '../errors.ts';
import type { RequireRole } from '../http/authentication.ts';
import { noQuery } from '../http/no-query.ts';
import { passOn } from '../http/problem.ts';
import { validate } from '../http/validate.ts';
import type { BlobStore } from '../storage/blob-store.ts';
import { sniffContentType } from './download/sniff-content-type.ts';
import type { ImportMedia } from './import-media.ts';
import { createReadUpload } from './read-upload.ts';
import type { UploadedFile } from './upload-storage.ts';

const MOST_FILES = 20;

const text = (most: number) =>
  z
    .string()
    .max(most, `at most ${most} characters`)
    .refine((value) => !value.includes('\0'), 'no NUL characters')
    .default('');
const form = z.strictObject({ from: text(100), to: text(100), body: text(4000) });

/** `POST /api/v1/media`: import by hand, multipart with `files` and `from`, `to`, `body`. */
export function createImportRouter(deps: {
  importMedia: ImportMedia;
  blobs: BlobStore;
  maxBytes: number;
  requireRole: RequireRole;
}): Router {
  const { importMedia, blobs, maxBytes } = deps;
  const readUpload = createReadUpload(blobs, { field: 'files', most: MOST_FILES, maxBytes });
  const router = Router();
  // Decisions have a router of their own, which has the last word.
  router
    .route('/api/v1/media')
    .post(deps.requireRole('moderator'), noQuery, readUpload, async (request, response) => {
      const files = (request.files ?? []) as UploadedFile[];
      try {
        if (files.length === 0) {
          throw new AppError('invalid_request', 'Not valid: files.', {
            fields: [{ field: 'files', message: 'needs at least one file' }],
          });
        }
        const { from, to, body } = validate(form, { ...request.body });
        const { messageSid, mediaSids } = await importMedia({
          ...{ from, to, body },
          files: await Promise.all(files.map(scratchFile)),
        });
        request.log.info({ messageSid, media: mediaSids.length }, 'media imported');
        response
          .status(201)
          .location(`/api/v1/messages/${messageSid}`)
          .json({ messageSid, items: mediaSids.map((sid, index) => ({ sid, index })) });
      } finally {
        for (const file of files) await blobs.discard(file.path);
      }
    })
    .all(passOn);
  return router;
}

async function scratchFile({ path, sha256, size, mimetype, originalname }: UploadedFile) {
  return {
    ...{ path, sha256, byteSize: size },
    contentType: await sniffContentType(path),
    declaredContentType: mimetype,
    fileName: originalname.replaceAll(/[\p{Cc}/\\]/gu, '_').slice(0, 255),
  };
}
