import type { z } from 'zod';
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
