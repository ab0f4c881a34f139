import { z } from 'zod';
import { maskPhoneNumbers } from '../monitoring/logger.ts';

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
