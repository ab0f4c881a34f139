import type { RequestHandler } from 'express';
import { z } from 'zod';
import { AppError } from '../errors/app-error.ts';
import type { BlobStore } from '../files/blob-store.ts';
import { instant } from '../http/fields.ts';
import { jsonBody, noQuery, validate } from '../http/validate.ts';
import { importedAddress, mediaSid } from '../twilio/address-fields.ts';
import { sniffContentType } from './download/sniff-content-type.ts';
import type { ImportMedia } from './import-media.ts';
import type { RetryFailed, RetryMedia } from './retry-media.ts';
import { createReadUpload, type UploadedFile } from './uploads.ts';

const MAX_FILES = 20;

const MAX_CHARACTERS = 4000;

// Before there was MMS a time is a mistake; clocks that are a little ahead are not.
const EARLIEST = new Date('2000-01-01T00:00:00Z');
const CLOCK_SKEW_MS = 5 * 60_000;

const form = z.strictObject({
  from: importedAddress,
  to: importedAddress,
  body: z
    .string()
    .max(MAX_CHARACTERS, `at most ${MAX_CHARACTERS} characters`)
    .refine((value) => !value.includes('\0'), 'no NUL characters')
    // PostgreSQL rejects lone surrogates in JSON, in which rows are inserted.
    .transform((value) => value.toWellFormed())
    .default(''),
  receivedAt: instant
    .refine((time) => time >= EARLIEST, 'not before 2000-01-01')
    .refine((time) => time.getTime() <= Date.now() + CLOCK_SKEW_MS, 'not in the future')
    .optional(),
});

/** Import by hand: multipart with `files` and `from`, `to`, `body`, `receivedAt`. */
export function createImportHandlers(deps: {
  importMedia: ImportMedia;
  blobs: BlobStore;
  maxBytes: number;
}): RequestHandler[] {
  const { importMedia, blobs, maxBytes } = deps;
  const readUpload = createReadUpload(blobs, { field: 'files', most: MAX_FILES, maxBytes });

  const importFiles: RequestHandler = async (request, response) => {
    const files = (request.files ?? []) as UploadedFile[];
    try {
      if (files.length === 0) {
        throw new AppError('invalid_request', 'Not valid: files.', {
          fields: [
            { field: 'files', message: 'needs at least one file, such as -F files=@photo.jpg' },
          ],
        });
      }
      const { receivedAt, ...message } = validate(form, { ...request.body });
      const { messageSid, mediaSids } = await importMedia({
        ...message,
        receivedAt: receivedAt === undefined ? undefined : notAhead(receivedAt),
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
  };
  return [noQuery, readUpload, importFiles];
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

const path = z.object({ sid: mediaSid });
const selection = z.strictObject({ since: instant.optional() });

/** Fetching failed attachments again: one, or all of messages since a time. */
export function createRetryHandlers(retryMedia: RetryMedia, retryFailed: RetryFailed) {
  const retryOne: RequestHandler = async (request, response) => {
    const { sid } = validate(path, request.params);
    await retryMedia(sid);
    request.log.info({ mediaSid: sid }, 'media tried again by hand');
    response.status(202).json({ sid, state: 'pending' });
  };

  const retryAll: RequestHandler = async (request, response) => {
    const { since } = validate(selection, request.body ?? {});
    const retried = await retryFailed(since);
    request.log.info({ retried }, 'failed media tried again by hand');
    response.status(202).json({ retried });
  };

  return { retryOne: [noQuery, retryOne], retryAll: [noQuery, jsonBody, retryAll] };
}
