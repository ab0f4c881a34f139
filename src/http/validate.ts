import { json, type RequestHandler } from 'express';
import { z } from 'zod';
import { AppError } from '../errors/app-error.ts';

/**
 * Reads what a caller sent (query, path or body) through a schema.
 *
 * @throws AppError `invalid_request` that names every wrong field
 */
export function validate<T extends z.ZodType>(schema: T, input: unknown): z.output<T> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ field: key, message: 'is not known here' }))
      : [{ field: issue.path.join('.') || 'body', message: wordsFor(issue, input) }],
  );
  const names = [...new Set(fields.map(({ field }) => field))].join(', ');
  throw new AppError('invalid_request', `Not valid: ${names}.`, { fields });
}

/** Of one type where another is wanted. */
const WRONG_TYPE = new Set(['invalid_type', 'invalid_value', 'invalid_union', 'invalid_format']);

/** A parameter that is repeated in a query or a form arrives as a list, of which no schema speaks. */
function wordsFor({ code, path, message }: z.core.$ZodIssue, input: unknown): string {
  if (!WRONG_TYPE.has(String(code))) return message;
  let value = input;
  for (const key of path) value = Object(value)[key];
  return Array.isArray(value) ? 'takes one value, and was given several' : message;
}

const nothing = z.strictObject({});

/** For routes without parameters: what a request may not contain is refused, never ignored. */
export const noQuery: RequestHandler = (request, _response, next) => {
  validate(nothing, request.query);
  next();
};

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
