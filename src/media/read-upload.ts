import type { RequestHandler } from 'express';
import multer from 'multer';
import { AppError } from '../errors/app-error.ts';
import type { BlobStore } from '../files/blob-store.ts';
import { createUploadStorage } from './upload-storage.ts';

const MOST_TEXT_BYTES = 16 * 1024;

/**
 * Reads a form with files in one field: they are in the scratch folder then, as `request.files`, which
 * whoever handles the request removes.
 *
 * @param most how many files
 * @param maxBytes of each file
 */
export function createReadUpload(
  blobs: BlobStore,
  { field, most, maxBytes }: { field: string; most: number; maxBytes: number },
): RequestHandler {
  const upload = multer({
    storage: createUploadStorage(blobs, maxBytes),
    limits: { fields: 10, fieldSize: MOST_TEXT_BYTES },
    defParamCharset: 'utf8',
  }).array(field, most);
  return (request, response, next) => {
    if (!request.is('multipart/form-data')) {
      throw new AppError('unsupported_media_type', 'The body must be multipart/form-data.');
    }
    upload(request, response, (error) =>
      next(error === undefined ? error : readError(error, { field, most })),
    );
  };
}

function readError(error: Error, { field, most }: { field: string; most: number }): Error {
  if (error instanceof multer.MulterError && error.code === 'LIMIT_UNEXPECTED_FILE') {
    const isOurs = error.field === field;
    const files = most === 1 ? 'one file' : `at most ${most} files`;
    const message = isOurs ? `takes ${files}` : `is no field for files: use \`${field}\``;
    const fields = [{ field: error.field ?? field, message }];
    const detail = isOurs ? `Not valid: ${field}.` : `Files are sent in the field \`${field}\`.`;
    return new AppError('invalid_request', detail, { cause: error, fields });
  }
  // The parser's own errors, for a body that is cut short or no multipart, are bare ones.
  if (error.constructor !== Error || 'code' in error) return error;
  const cause = { cause: error };
  return new AppError('invalid_request', 'The body is not valid multipart/form-data.', cause);
}
