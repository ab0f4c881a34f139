import { STATUS_CODES } from 'node:http';
import type { ErrorRequestHandler, RequestHandler } from 'express';
import multer from 'multer';
import { AppError, type ErrorCode } from '../errors.ts';

/** Ends every route that nothing answered. */
export const notFound: RequestHandler = () => {
  throw new AppError('not_found', 'There is nothing at this address.');
};

/** Answers 405 with `Allow`; for the methods that a route leaves over. */
export function methodNotAllowed(...allowed: string[]): RequestHandler {
  return () => {
    const headers = { Allow: allowed.join(', ') };
    throw new AppError('method_not_allowed', `Allowed here: ${headers.Allow}.`, { headers });
  };
}

/**
 * The one place where an error becomes an answer: `application/problem+json` (RFC 9457) with a
 * stable `code`. What is not an AppError is a fault of ours: logged whole, told as "internal".
 */
export const sendProblem: ErrorRequestHandler = (thrown, request, response, _next) => {
  const error = toAppError(thrown);
  if (error.status >= 500) request.log.error({ err: thrown }, 'request failed');
  if (response.headersSent) {
    // The answer began already: cutting it is the only way left to say that it is not whole.
    request.destroy();
    return;
  }
  // A body that nobody reads any more must not keep the connection busy.
  if (!request.complete) response.set('Connection', 'close');
  response
    .status(error.status)
    .set(error.headers)
    .set('Cache-Control', 'no-store')
    .type('application/problem+json')
    .send(
      JSON.stringify({
        type: 'about:blank',
        title: error.title,
        status: error.status,
        code: error.code,
        detail: error.message,
        ...(error.fields.length > 0 ? { errors: error.fields } : {}),
        requestId: request.id,
      }),
    );
};

function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  if (thrown instanceof multer.MulterError) return fromMulter(thrown);
  // body-parser and Express itself throw http-errors: `status` and `expose` say what may be told.
  const { status, expose } = Object(thrown) as { status?: unknown; expose?: unknown };
  const code = typeof status === 'number' ? CODE_BY_STATUS[status] : undefined;
  if (code !== undefined && (expose === true || thrown instanceof URIError)) {
    return new AppError(code, `${STATUS_CODES[status as number]}.`, { cause: thrown });
  }
  return new AppError('internal', 'The request could not be completed.', {
    cause: thrown,
  });
}

const CODE_BY_STATUS: Record<number, ErrorCode> = {
  400: 'invalid_request',
  413: 'body_too_large',
  415: 'unsupported_media_type',
};

const MULTER_WORDS: Partial<Record<multer.ErrorCode, string>> = {
  LIMIT_UNEXPECTED_FILE: 'is no field for files: send them in the field `files`',
};

function fromMulter(error: multer.MulterError): AppError {
  if (error.code === 'LIMIT_FILE_SIZE') {
    return new AppError('body_too_large', 'A file is larger than is accepted.', { cause: error });
  }
  const field = error.field ?? (error.code === 'LIMIT_FILE_COUNT' ? 'files' : 'body');
  return new AppError('invalid_request', 'The upload is not valid.', {
    cause: error,
    fields: [{ field, message: MULTER_WORDS[error.code] ?? error.message }],
  });
}
