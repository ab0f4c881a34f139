import type { ErrorRequestHandler, RequestHandler } from 'express';
import { AppError } from '../errors/app-error.ts';
import { beginErrorAnswer } from './error-answer.ts';

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

/**
 * Passes on what a route leaves over to a later router, which has the path, too. Without it Express answers
 * `OPTIONS` by itself.
 */
export const passOn: RequestHandler = (_request, _response, next) => next();

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
