import { z } from 'zod';
import { maskPhoneNumbers } from '../monitoring/logger.ts';

/** An instant in a request; a date stands for midnight UTC. */
export const instant = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()], {
    error: 'a date (2026-01-31) or an ISO 8601 date-time with offset (2026-01-31T10:00:00Z)',
  })
  .transform((text) => new Date(text))
  // PostgreSQL has no year 0.
  .refine((time) => time.getUTCFullYear() > 0, 'a year after 0');

/** The `limit` parameter of a list, items per page: a whole number from 1 to `max`. */
export function pageLimit(max: number, defaultLimit: number) {
  const message = `a whole number from 1 to ${max}`;
  return z
    .string()
    .regex(new RegExp(`^\\d{1,${String(max).length}}$`), message)
    .transform(Number)
    .pipe(z.number().min(1, message).max(max, message))
    .default(defaultLimit);
}

/**
 * The number of a row in a path or a cursor: up to 18 digits, which always fit PostgreSQL's bigint.
 *
 * @param message error message, which describes a valid value
 */
export function rowNumber(message: string) {
  return z
    .string()
    .regex(/^\d{1,18}$/, message)
    .transform(BigInt);
}

const CODE = 'a code of a-z, 0-9, _ and -, of at most 40 characters, such as spam';
const TEXT = 'at most 500 characters, without a phone number';

/**
 * Why a decision is made: a code of the deployment's own choice, and free text. Reasons stay in the audit
 * log forever, so they must not contain a phone number.
 */
export const reasonFields = {
  reasonCode: z
    .string(CODE)
    .regex(/^[a-z0-9_-]{1,40}$/, CODE)
    .nullable()
    .default(null),
  reason: z
    .string(TEXT)
    // PostgreSQL does not accept NUL in text.
    .regex(/^[^\0]{1,500}$/s, TEXT)
    .refine((text) => text.isWellFormed() && maskPhoneNumbers(text) === text, TEXT)
    .nullable()
    .default(null),
};

export interface Reason {
  reasonCode: string | null;
  reason: string | null;
}
