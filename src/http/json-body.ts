import { json, type RequestHandler } from 'express';
import { AppError } from '../errors/app-error.ts';

const TYPE = 'application/json';

/**
 * Makes a handler that reads a JSON body into `request.body`, undefined where there is none. One of
 * another type is refused with 415: to pass over it would do something else than was asked.
 *
 * @param limit as `bytes` reads it
 */
export function createJsonBody(limit: string): RequestHandler {
  // Not strict: a body that is no object is refused by the schema it is read through.
  const readJson = json({ type: TYPE, limit, strict: false });
  return (request, response, next) => {
    const hasBody =
      request.get('transfer-encoding') !== undefined || Number(request.get('content-length')) > 0;
    if (hasBody && !request.is(TYPE)) {
      throw new AppError('unsupported_media_type', `The body must be ${TYPE}.`);
    }
    readJson(request, response, next);
  };
}

/** For the small bodies of most routes. */
export const jsonBody = createJsonBody('4kb');
