import type { RequestHandler } from 'express';
import { callerOf } from '../auth/authentication.ts';
import { AppError } from '../errors/app-error.ts';
import type { BlobStore } from '../files/blob-store.ts';
import { accepted } from '../http/accepted.ts';
import type { Idempotency } from '../http/idempotency.ts';
import { type Route, route } from '../http/resource-router.ts';
import { validate } from '../http/validate.ts';
import { sniffContentType } from './download/sniff-content-type.ts';
import type { Imported, ImportMedia } from './import-media.ts';
import { mediaOperations as operations } from './media-operations.ts';
import type { RetryFailed, RetryMedia } from './retry-media.ts';
import { createReadUpload, type UploadedFile } from './uploads.ts';

/** Importing files, and fetching failed attachments again. */
export function createMediaRoutes(deps: {
  importMedia: ImportMedia;
  retryMedia: RetryMedia;
  retryFailed: RetryFailed;
  idempotency: Idempotency;
  blobs: BlobStore;
  /** Of one file. */
  maxBytes: number;
}): Route[] {
  const { importMedia, idempotency, blobs, maxBytes } = deps;
  const { form } = operations.importMedia;
  const readUpload: RequestHandler = createReadUpload(blobs, {
    field: form.files.name,
    most: form.files.most,
    maxBytes,
    atOnce: 8,
  });

  const importFiles = route(
    operations.importMedia,
    async ({ request, response }) => {
      const files = (request.files ?? []) as UploadedFile[];
      try {
        if (files.length === 0) {
          throw new AppError('invalid_request', 'Not valid: files.', {
            fields: [
              { field: 'files', message: 'needs at least one file, such as -F files=@photo.jpg' },
            ],
          });
        }
        const { receivedAt, ...message } = validate(form.fields, { ...request.body });
        const uploads = await Promise.all(files.map(scratchFile));
        const wanted = {
          ...message,
          receivedAt,
          files: uploads.map(({ sha256, declaredContentType, fileName }) => {
            return { sha256, declaredContentType, fileName };
          }),
        };
        const call = {
          operation: operations.importMedia.id,
          caller: callerOf(response).name,
          request,
          response,
        };
        await idempotency.answerOnce(call, wanted, async (keep) => {
          const imported = await importMedia(
            {
              ...message,
              receivedAt: receivedAt === undefined ? undefined : notAhead(receivedAt),
              files: uploads,
            },
            (tx, result) => keep(tx, importAnswer(result)),
          );
          const { messageSid, mediaSids } = imported;
          request.log.info({ messageSid, media: mediaSids.length }, 'media imported');
          return importAnswer(imported);
        });
      } finally {
        for (const file of files) await blobs.discard(file.path);
      }
    },
    readUpload,
  );

  return [
    importFiles,
    route(operations.retryMedia, async ({ params: { sid }, request, response }) => {
      await deps.retryMedia(sid);
      request.log.info({ mediaSid: sid }, 'media tried again by hand');
      accepted(response).json({ sid, state: 'pending' });
    }),
    route(operations.retryFailedMedia, async ({ body: { since }, request, response }) => {
      const retried = await deps.retryFailed(since);
      request.log.info({ retried }, 'failed media tried again by hand');
      accepted(response).json({ retried });
    }),
  ];
}

function importAnswer({ messageSid, mediaSids }: Imported) {
  return {
    status: 201,
    location: `/api/v1/messages/${messageSid}`,
    body: { messageSid, items: mediaSids.map((sid, index) => ({ sid, index })) },
  };
}

/** A time that is ahead would stand before messages that come after it. */
function notAhead(time: Date): Date {
  return new Date(Math.min(time.getTime(), Date.now()));
}

async function scratchFile({ path, sha256, size, mimetype, originalname }: UploadedFile) {
  return {
    path,
    sha256,
    byteSize: size,
    contentType: await sniffContentType(path),
    declaredContentType: mimetype,
    // The cut may split a surrogate pair.
    fileName: originalname
      .replaceAll(/[\p{Cc}/\\]/gu, '_')
      .slice(0, 255)
      .toWellFormed(),
  };
}
