import { z } from 'zod';

/** A sender or recipient in a query string. */
export const addressParameter = z
  .string()
  // PostgreSQL takes no NUL in text.
  .regex(/^[^\0]*$/, 'no NUL characters')
  // A bare + means a space there, and no address begins with one.
  .transform((text) => text.replace(/^ /, '+'));

/**
 * A sender or recipient in a body.
 *
 * @param words what it has to be
 */
export function bodyAddress(words: string) {
  return (
    z
      .string(words)
      // PostgreSQL takes no NUL in text, and no half of a character.
      .regex(/^[^\0]{1,100}$/, words)
      .refine((text) => text.isWellFormed(), words)
  );
}
