import { json, type RequestHandler } from 'express';
import { AppError } from '../errors.ts';

const TYPE = 'application/json';
// Not strict: a body that is no object is refused by the schema it is read through.
const readJson = json({ type: TYPE, limit: '4kb', strict: false });

/**
 * Reads a small JSON body into `request.body`, undefined where there is none. One of another type is
 * refused with 415: to pass over it would do something else than was asked.
 */
export const jsonBody: RequestHandler = (request, response, next) => {
  const hasBody =
    request.get('transfer-encoding') !== undefined || Number(request.get('content-length')) > 0;
  if (hasBody && !request.is(TYPE)) {
    throw new AppError('unsupported_media_type', `The body must be ${TYPE}.`);
  }
  readJson(request, response, next);
};
