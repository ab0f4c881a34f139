import { z } from 'zod';

/** A sender or recipient in a query string. */
export const addressParameter = z
  .string()
  // PostgreSQL takes no NUL in text.
  .regex(/^[^\0]*$/, 'no NUL characters')
  // A bare + means a space there, and no address begins with one.
  .transform((text) => text.replace(/^ /, '+'));
