import { STATUS_CODES } from 'node:http';
import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import multer from 'multer';
import { isConnectionTimeout, isDatabaseOutage } from '../database/server-client.ts';
import { AppError, type ErrorCode } from '../errors/app-error.ts';
import { BlobStoreError } from '../files/blob-store-error.ts';
import { isDisconnect } from './send-range.ts';

/** Answers 404 when no route has handled the request. */
export const notFound: RequestHandler = () => {
  throw new AppError('not_found', 'There is nothing at this address.');
};

/** Answers 405 with `Allow`, for methods that a route does not handle. */
export function methodNotAllowed(...allowed: string[]): RequestHandler {
  return () => {
    throw wrongMethod(...allowed);
  };
}

/** The error for a method that a route does not have; `HEAD` comes with `GET`. */
export function wrongMethod(...allowed: string[]): AppError {
  const methods = allowed.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
  const headers = { Allow: methods.join(', ') };
  return new AppError('method_not_allowed', `Allowed here: ${headers.Allow}.`, { headers });
}

/** Answers errors as `application/problem+json` (RFC 9457) with a stable `code`. */
export const sendProblem: ErrorRequestHandler = (thrown, request, response, _next) => {
  const error = startErrorResponse(thrown, request, response);
  if (error === null) return;
  response.type('application/problem+json').send(
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

/** Headers that belong to the request: without CORS headers, for example, a page cannot read the error. */
const KEPT_HEADERS: ReadonlySet<string> = new Set([
  'x-request-id',
  'vary',
  'access-control-allow-origin',
  'access-control-expose-headers',
]);

/**
 * Starts an error response, whatever the format of its body: sets status and headers of the error, and
 * removes those of the intended response. An internal error is logged with its stack. An outage of the database or of
 * a bucket is only noted in the request's log line, because its start and end are logged elsewhere. A client that
 * closes the connection under its response is no error.
 *
 * @returns the error for the body; null when another response was started already, which is aborted
 */
export function startErrorResponse(
  thrown: unknown,
  request: Request,
  response: Response,
): AppError | null {
  const error = toAppError(thrown);
  if (isDatabaseUnreachable(thrown)) {
    request.log.setBindings({ problem: 'the database cannot be reached' });
  } else if (error.cause instanceof BlobStoreError) {
    request.log.setBindings({ problem: error.cause.message });
  } else if (response.destroyed && isDisconnect(thrown)) {
    request.log.setBindings({ problem: 'the client has closed the connection' });
  } else if (error.status >= 500) {
    request.log.error({ err: thrown }, 'request failed');
  }
  if (response.headersSent) {
    // Closing the connection is the only way left to signal that the response is incomplete.
    request.destroy();
    return null;
  }
  // A file's type, length or ETag would otherwise describe the error.
  for (const name of response.getHeaderNames()) {
    if (!KEPT_HEADERS.has(name)) response.removeHeader(name);
  }
  // The rest of the request body is not read, so the connection cannot be reused.
  if (!request.complete) response.set('Connection', 'close');
  response.status(error.status).set(error.headers).set('Cache-Control', 'no-store');
  if (error.status === 503 && response.get('Retry-After') === undefined) {
    response.set('Retry-After', String(RETRY_AFTER_SECONDS));
  }
  return error;
}

const RETRY_AFTER_SECONDS = 5;

/** The error that a caller sees for anything thrown; unexpected errors become `internal`. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  if (thrown instanceof multer.MulterError) return fromMulter(thrown);
  // body-parser and Express throw http-errors: `expose` says whether their details may be shown.
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

/** Whether a request failed because the database server did not answer. */
function isDatabaseUnreachable(thrown: unknown): boolean {
  return isDatabaseOutage(thrown) || isConnectionTimeout(thrown);
}

const CODE_BY_STATUS: Record<number, ErrorCode> = {
  400: 'invalid_request',
  413: 'body_too_large',
  415: 'unsupported_media_type',
};

/** By the `type` of body-parser's errors. */
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
