import { STATUS_CODES } from 'node:http';
import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import multer from 'multer';
import { isConnectionTimeout, isDatabaseOutage } from '../database/server-client.ts';
import { AppError, type ErrorCode } from '../errors/app-error.ts';

/** Ends every route that nothing answered. */
export const notFound: RequestHandler = () => {
  throw new AppError('not_found', 'There is nothing at this address.');
};

/** Answers 405 with `Allow`; for the methods that a route leaves over. */
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
  const error = beginErrorAnswer(thrown, request, response);
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

/** Of the request rather than of the answer: without CORS headers a page could not read the error. */
const KEPT_HEADERS: ReadonlySet<string> = new Set([
  'x-request-id',
  'vary',
  'access-control-allow-origin',
  'access-control-expose-headers',
]);

/**
 * Begins the answer to an error, whatever shape its body has: status and headers of the error, and
 * nothing of the answer that was to be. What is a fault of ours is logged whole; of an outage of the
 * database only the request's own line tells, since that has lines for its start and its end.
 *
 * @returns what the body tells; null when another answer began already, which is cut
 */
export function beginErrorAnswer(
  thrown: unknown,
  request: Request,
  response: Response,
): AppError | null {
  const error = toAppError(thrown);
  if (isDatabaseUnreachable(thrown)) {
    request.log.setBindings({ problem: 'the database cannot be reached' });
  } else if (error.status >= 500) {
    request.log.error({ err: thrown }, 'request failed');
  }
  if (response.headersSent) {
    // Cutting it is the only way left to say that it is not whole.
    request.destroy();
    return null;
  }
  // A file's type, length or ETag would be told of the error.
  for (const name of response.getHeaderNames()) {
    if (!KEPT_HEADERS.has(name)) response.removeHeader(name);
  }
  // A body that nobody reads any more must not keep the connection busy.
  if (!request.complete) response.set('Connection', 'close');
  response.status(error.status).set(error.headers).set('Cache-Control', 'no-store');
  return error;
}

const RETRY_AFTER_SECONDS = 5;

/** What a caller is told of anything thrown. What nobody foresaw is a fault of ours: "internal". */
function toAppError(thrown: unknown): AppError {
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
function isDatabaseUnreachable(thrown: unknown): boolean {
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
