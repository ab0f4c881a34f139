import { z } from 'zod';
import { ERROR_CODES } from '../errors/app-error.ts';

/** An error of the API: `application/problem+json` (RFC 9457). */
export const problemSchema = z
  .strictObject({
    type: z.literal('about:blank'),
    title: z.string().describe('The same for every error with this code.'),
    status: z.int(),
    code: z.enum(ERROR_CODES).describe('Stable: for programs.'),
    detail: z.string().describe('For people.'),
    errors: z
      .array(z.strictObject({ field: z.string(), message: z.string() }))
      .exactOptional()
      .describe('Each wrong field, and what it takes.'),
    requestId: z.string().describe('The log has the request under this id.'),
  })
  .meta({ id: 'Problem' });
