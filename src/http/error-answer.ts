import type { Request, Response } from 'express';
import type { AppError } from '../errors/app-error.ts';
import { isDatabaseUnreachable, toAppError } from './to-app-error.ts';

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
