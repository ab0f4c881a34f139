import { z } from 'zod';
import { maskPhoneNumbers } from '../monitoring/logger.ts';

const MOST_LABELS = 20;
const line = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u)
    // It stays in the audit log for ever.
    .transform(maskPhoneNumbers);

/** What a classifier answers about one file. Fields besides these are not looked at. */
export const scanAnswer = z.object({
  action: z.enum(['allow', 'hold', 'quarantine', 'delete']),
  labels: z.array(line(64)).max(MOST_LABELS).default([]),
  reason: line(300).nullish().default(null),
});

/** As it is kept with the bytes, so that they are not shown to it again. */
export type ScanVerdict = z.output<typeof scanAnswer> & {
  /** ISO 8601. */
  at: string;
};
