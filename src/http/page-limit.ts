import { z } from 'zod';

/** How many items a page of a list has, as a query says it: a whole number from 1 to `most`. */
export function pageLimit(most: number, preset: number) {
  const words = `a whole number from 1 to ${most}`;
  return z
    .string()
    .regex(new RegExp(`^\\d{1,${String(most).length}}$`), words)
    .transform(Number)
    .pipe(z.number().min(1, words).max(most, words))
    .default(preset);
}
