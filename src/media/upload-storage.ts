import type { Request } from 'express';
import type { StorageEngine } from 'multer';
import { AppError } from '../errors/app-error.ts';
import type { BlobStore } from '../files/blob-store.ts';
import { DownloadError } from './download/download-error.ts';
import { writeBody } from './download/write-body.ts';

/** What multer tells of a file that this storage received. */
export interface UploadedFile extends Express.Multer.File {
  sha256: string;
}

/** Where multer puts uploads: streamed to the scratch folder, hashed and counted on the way. */
export function createUploadStorage(blobs: BlobStore, maxBytes: number): StorageEngine {
  return {
    _handleFile(_request: Request, file, callback) {
      const path = blobs.scratchPath('upload');
      // Left alive when the writing fails: destroyed, it would report an error of its own first.
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
