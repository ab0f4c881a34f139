import { type RequestHandler, Router } from 'express';
import multer from 'multer';
import { z } from 'zod';
import { AppError } from '../errors.ts';
import type { RequireRole } from '../http/authentication.ts';
import { noQuery } from '../http/no-query.ts';
import { validate } from '../http/validate.ts';
import type { BlobStore } from '../storage/blob-store.ts';
import { sniffContentType } from './download/sniff-content-type.ts';
import type { ImportMedia } from './import-media.ts';
import { createUploadStorage, type UploadedFile } from './upload-storage.ts';

const MOST_FILES = 20;
const MOST_TEXT_BYTES = 16 * 1024;

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
  const upload = multer({
    storage: createUploadStorage(blobs, maxBytes),
    limits: { files: MOST_FILES, fields: 10, fieldSize: MOST_TEXT_BYTES },
    defParamCharset: 'utf8',
  }).array('files', MOST_FILES);

  const readUpload: RequestHandler = (request, response, next) => {
    upload(request, response, (error) => next(error === undefined ? error : readError(error)));
  };

  const mustBeMultipart: RequestHandler = (request, _response, next) => {
    if (request.is('multipart/form-data')) return next();
    throw new AppError('unsupported_media_type', 'The body must be multipart/form-data.');
  };

  const router = Router();
  router.post(
    '/api/v1/media',
    deps.requireRole('moderator'),
    noQuery,
    mustBeMultipart,
    readUpload,
    async (request, response) => {
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
    },
  );
  return router;
}

/** The parser's own errors, for a body that is cut short or no multipart, are bare ones. */
function readError(error: Error): Error {
  if (error.constructor !== Error || 'code' in error) return error;
  const cause = { cause: error };
  return new AppError('invalid_request', 'The body is not valid multipart/form-data.', cause);
}

async function scratchFile({ path, sha256, size, mimetype, originalname }: UploadedFile) {
  return {
    ...{ path, sha256, byteSize: size },
    contentType: await sniffContentType(path),
    declaredContentType: mimetype,
    fileName: originalname.replaceAll(/[\p{Cc}/\\]/gu, '_').slice(0, 255),
  };
}
