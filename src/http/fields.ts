import { z } from 'zod';
import { maskPhoneNumbers } from '../monitoring/logger.ts';

/** An instant as callers write it; a date is its midnight in UTC. */
export const instant = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()], {
    error: 'a date (2026-01-31) or an ISO 8601 date-time with offset (2026-01-31T10:00:00Z)',
  })
  .transform((text) => new Date(text))
  // PostgreSQL has no year 0.
  .refine((time) => time.getUTCFullYear() > 0, 'a year after 0');

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

const CODE = 'a word of a-z, 0-9, _ and -, of at most 40 characters, such as spam';
const TEXT = 'at most 500 characters, without a phone number';

/**
 * Why somebody decides: a code of the deployment's own choice, and words. Reasons stay in the audit
 * log for ever, so no phone number may stand in them.
 */
export const reasonFields = {
  reasonCode: z
    .string(CODE)
    .regex(/^[a-z0-9_-]{1,40}$/, CODE)
    .nullable()
    .default(null),
  reason: z
    .string(TEXT)
    // PostgreSQL takes no NUL in text.
    .regex(/^[^\0]{1,500}$/s, TEXT)
    .refine((text) => text.isWellFormed() && maskPhoneNumbers(text) === text, TEXT)
    .nullable()
    .default(null),
};

export interface Reason {
  reasonCode: string | null;
  reason: string | null;
}
