import type { RequestHandler } from 'express';
import { z } from 'zod';
import { validate } from './validate.ts';

const nothing = z.strictObject({});

/** For routes without parameters: what a request may not contain is refused, never ignored. */
export const noQuery: RequestHandler = (request, _response, next) => {
  validate(nothing, request.query);
  next();
};
