import type { Request, RequestHandler, Response } from 'express';
import type { StorageEngine } from 'multer';
import multer from 'multer';
import { callerOf } from '../auth/authentication.ts';
import { AppError } from '../errors/app-error.ts';
import type { BlobStore } from '../files/blob-store.ts';
import { onDisk } from './disk-error.ts';
import { DownloadError } from './download/download-error.ts';
import { writeBody } from './download/write-body.ts';

const MAX_TEXT_BYTES = 16 * 1024;
const RETRY_AFTER_SECONDS = 5;

interface UploadLimits {
  /** The field of the files. */
  field: string;
  /** The maximum number of files. */
  most: number;
  /** The limit for each file, in bytes. */
  maxBytes: number;
  /** How many forms a caller may send at once. */
  atOnce: number;
}

/**
 * Reads a form with files in one field into the scratch folder. They are in `request.files`; the handler
 * of the request has to remove them. Nothing is read of a form that there is no room for on the disk, or of one
 * more than a caller may send at once: both are answered with `unavailable`.
 */
export function createReadUpload(blobs: BlobStore, limits: UploadLimits): RequestHandler {
  const { field, most, maxBytes } = limits;
  const takePlace = createPlaces(limits.atOnce);
  const upload = multer({
    storage: createUploadStorage(blobs, maxBytes),
    limits: { fields: 10, fieldSize: MAX_TEXT_BYTES },
    defParamCharset: 'utf8',
  }).array(field, most);
  return async (request, response, next) => {
    if (!request.is('multipart/form-data')) {
      throw new AppError('unsupported_media_type', 'The body must be multipart/form-data.');
    }
    takePlace(response);
    await onDisk(blobs.checkRoom()).catch((error: unknown) => {
      throw uploadError(error, field);
    });
    upload(request, response, (error) =>
      next(error === undefined ? error : readError(error, { field, most })),
    );
  };
}

/**
 * Limits how many requests of a caller are open at once: each may take as much of the disk as its files.
 *
 * @returns takes a place until the request is answered or its connection has ended
 * @throws AppError `unavailable`, from the function that it returns
 */
function createPlaces(atOnce: number): (response: Response) => void {
  const open = new Map<string, number>();
  return (response) => {
    const { name } = callerOf(response);
    const before = open.get(name) ?? 0;
    if (before >= atOnce) {
      throw new AppError('unavailable', `${atOnce} uploads of this caller are open already.`, {
        headers: { 'Retry-After': String(RETRY_AFTER_SECONDS) },
      });
    }
    open.set(name, before + 1);
    response.once('close', () => {
      const left = (open.get(name) ?? 0) - 1;
      if (left > 0) open.set(name, left);
      else open.delete(name);
    });
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
  // For a truncated or non-multipart body the parser throws plain `Error`s without a code.
  if (error.constructor !== Error || 'code' in error) return error;
  const cause = { cause: error };
  return new AppError('invalid_request', 'The body is not valid multipart/form-data.', cause);
}

/** A file as multer describes it, with the hash that this storage adds. */
export interface UploadedFile extends Express.Multer.File {
  sha256: string;
}

/** The multer storage: streams uploads to the scratch folder, hashing and counting the bytes. */
function createUploadStorage(blobs: BlobStore, maxBytes: number): StorageEngine {
  return {
    _handleFile(_request: Request, file, callback) {
      const path = blobs.scratchPath('upload');
      // Not destroyed when writing fails: the stream would report its own error first.
      const body = file.stream.iterator({ destroyOnReturn: false });
      writeBody(body, path, maxBytes)
        .then(({ sha256, byteSize }) => callback(null, { path, size: byteSize, sha256 } as object))
        .catch((error: unknown) => {
          file.stream.resume();
          callback(uploadError(error, file.fieldname));
        });
    },
    _removeFile(_request, file, callback) {
      blobs.discard(file.path).then(
        () => callback(null),
        (error: Error) => callback(error),
      );
    },
  };
}

function uploadError(error: unknown, field: string): unknown {
  if (!(error instanceof DownloadError)) return error;
  if (error.code === 'too-large') {
    return new AppError('body_too_large', `${error.message}.`, { cause: error });
  }
  if (error.code === 'empty') {
    const fields = [{ field, message: 'holds a file without a single byte' }];
    return new AppError('invalid_request', `Not valid: ${field}.`, { cause: error, fields });
  }
  return new AppError('unavailable', 'The upload could not be written.', { cause: error });
}
