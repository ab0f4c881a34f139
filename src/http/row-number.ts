import { z } from 'zod';

/**
 * The number of a row, as a path or a cursor says it: of as many digits as PostgreSQL's bigint has for
 * sure.
 *
 * @param words what it has to be
 */
export function rowNumber(words: string) {
  return z
    .string()
    .regex(/^\d{1,18}$/, words)
    .transform(BigInt);
}
