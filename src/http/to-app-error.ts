import { STATUS_CODES } from 'node:http';
import multer from 'multer';
import { isConnectionTimeout, isDatabaseOutage } from '../database/server-client.ts';
import { AppError, type ErrorCode } from '../errors/app-error.ts';

const RETRY_AFTER_SECONDS = 5;

/** What a caller is told of anything thrown. What nobody foresaw is a fault of ours: "internal". */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  if (thrown instanceof multer.MulterError) return fromMulter(thrown);
  // body-parser and Express itself throw http-errors: `status` and `expose` say what may be told.
  const { status, expose, type } = Object(thrown) as Record<string, unknown>;
  const code = typeof status === 'number' ? CODE_BY_STATUS[status] : undefined;
  if (code !== undefined && (expose === true || thrown instanceof URIError)) {
    const detail = DETAIL_BY_TYPE[String(type)] ?? `${STATUS_CODES[status as number]}.`;
    return new AppError(code, detail, { cause: thrown });
  }
  if (isDatabaseUnreachable(thrown)) {
    return new AppError('unavailable', 'The database cannot be reached. Try again soon.', {
      cause: thrown,
      headers: { 'Retry-After': String(RETRY_AFTER_SECONDS) },
    });
  }
  return new AppError('internal', 'The request could not be completed.', {
    cause: thrown,
  });
}

/** Whether a request failed because the database's server did not answer it. */
export function isDatabaseUnreachable(thrown: unknown): boolean {
  return isDatabaseOutage(thrown) || isConnectionTimeout(thrown);
}

const CODE_BY_STATUS: Record<number, ErrorCode> = {
  400: 'invalid_request',
  413: 'body_too_large',
  415: 'unsupported_media_type',
};

/** By body-parser's `type` of an error. */
const DETAIL_BY_TYPE: Record<string, string> = {
  'entity.parse.failed': 'The body is not valid JSON.',
};

function fromMulter(error: multer.MulterError): AppError {
  if (error.code === 'LIMIT_FILE_SIZE') {
    return new AppError('body_too_large', 'A file is larger than is accepted.', { cause: error });
  }
  const field = error.field ?? (error.code === 'LIMIT_FILE_COUNT' ? 'files' : 'body');
  return new AppError('invalid_request', 'The upload is not valid.', {
    cause: error,
    fields: [{ field, message: error.message }],
  });
}
