import { json, type RequestHandler } from 'express';
import { z } from 'zod';
import { AppError } from '../errors/app-error.ts';
import { nearestField } from './nearest-field.ts';

/** Unknown fields that are named: a body may have thousands of them. */
const MAX_UNKNOWN = 20;

/**
 * Parses the query, path or body of a request with a schema.
 *
 * @throws AppError `invalid_request` that names every wrong field
 */
export function validate<T extends z.ZodType>(schema: T, input: unknown): z.output<T> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.slice(0, MAX_UNKNOWN).map((key) => ({
          field: [...issue.path, key].join('.'),
          message: unknownField(nearestField(schema, issue.path, key)),
        }))
      : [{ field: issue.path.join('.') || 'body', message: messageFor(issue, input) }],
  );
  const names = [...new Set(fields.map(({ field }) => field))].join(', ');
  throw new AppError('invalid_request', `Not valid: ${names}.`, { fields });
}

function unknownField(nearest: string | undefined): string {
  return nearest === undefined
    ? 'is not known here'
    : `is not known here; did you mean ${nearest}?`;
}

/** Issues about a value of the wrong type. */
const WRONG_TYPE = new Set(['invalid_type', 'invalid_value', 'invalid_union', 'invalid_format']);

/** A parameter that is repeated in a query or a form becomes a list, which zod's messages do not mention. */
function messageFor({ code, path, message }: z.core.$ZodIssue, input: unknown): string {
  if (!WRONG_TYPE.has(String(code))) return message;
  let value = input;
  for (const key of path) value = Object(value)[key];
  return Array.isArray(value) ? 'takes one value, but several were given' : message;
}

const noParameters = z.strictObject({});

/** For routes without parameters: unknown parameters are refused, never ignored. */
export const noQuery: RequestHandler = (request, _response, next) => {
  validate(noParameters, request.query);
  next();
};

const TYPE = 'application/json';

/**
 * Creates a handler that parses a JSON body into `request.body`, undefined without a body. A body of another
 * type is refused with 415: ignoring it would do something other than what was requested.
 *
 * @param limit size in the format of the `bytes` package
 */
export function createJsonBody(limit = '4kb'): RequestHandler {
  // Not strict: a body that is not an object is refused by the route's schema.
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
