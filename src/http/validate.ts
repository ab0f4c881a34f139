import type { z } from 'zod';
import { AppError } from '../errors.ts';

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
      : [{ field: issue.path.join('.') || 'body', message: issue.message }],
  );
  const names = [...new Set(fields.map(({ field }) => field))].join(', ');
  throw new AppError('invalid_request', `Not valid: ${names}.`, { fields });
}
