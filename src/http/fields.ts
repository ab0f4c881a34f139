import { z } from 'zod';
import { maskPhoneNumbers } from '../monitoring/logger.ts';

const INSTANT = 'a date (2026-01-31) or an ISO 8601 date-time with offset (2026-01-31T10:00:00Z)';

/** An instant in a request; a date stands for midnight UTC. */
export const instant = z
  .string(INSTANT)
  // An unescaped + in a query string means a space: `2026-01-31T10:00:00+01:00`.
  .transform((text) => text.replace(/ (\d\d:\d\d)$/, '+$1'))
  .pipe(z.union([z.iso.datetime({ offset: true }), z.iso.date()], { error: INSTANT }))
  .transform((text) => new Date(text))
  // PostgreSQL has no year 0.
  .refine((time) => time.getUTCFullYear() > 0, 'a year after 0')
  .meta({
    override: {
      anyOf: [
        { type: 'string', format: 'date-time' },
        { type: 'string', format: 'date' },
      ],
      examples: ['2026-01-31', '2026-01-31T10:00:00+01:00'],
    },
  });

/** An instant in an answer: ISO 8601 in UTC, with milliseconds. */
export const time = z
  .codec(z.iso.datetime(), z.date(), {
    decode: (text) => new Date(text),
    encode: (date) => date.toISOString(),
  })
  .meta({
    override: { type: 'string', format: 'date-time', examples: ['2026-11-23T13:12:32.287Z'] },
  });

/** A whole number from 0. */
export const count = z.int().min(0);

/** In a query `true` and `false` are text; in OpenAPI they are a boolean. */
export function describeAsBoolean({ jsonSchema }: { jsonSchema: Record<string, unknown> }): void {
  jsonSchema.type = 'boolean';
  delete jsonSchema.enum;
  if ('default' in jsonSchema) jsonSchema.default = jsonSchema.default === 'true';
}

/** A parameter of a query that is either true or false; false without it. */
export const flagParameter = z
  .enum(['true', 'false'], { error: 'true or false' })
  .default('false')
  .transform((text) => text === 'true')
  .meta({ override: describeAsBoolean });

/** Of a request that deletes: the answer counts what it would delete, and nothing else happens. */
const DRY_RUN = 'Only counts: nothing is changed, and nothing is recorded in the audit log.';

/** `dryRun` of a query. */
export const dryRunParameter = flagParameter.describe(DRY_RUN);

/** `dryRun` of a JSON body. */
export const dryRunField = z.boolean('true or false').default(false).describe(DRY_RUN);

/**
 * The number of a row in a path or a cursor: up to 18 digits, which always fit PostgreSQL's bigint.
 *
 * @param message error message, which describes a valid value
 */
export function rowNumber(message: string) {
  return z
    .string()
    .regex(/^\d{1,18}$/, message)
    .transform(BigInt)
    .meta({ override: { type: 'string', pattern: '^\\d{1,18}$' } });
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
    .default(null)
    .meta({ description: 'A code of your own list.', examples: ['spam'] }),
  reason: z
    .string(TEXT)
    // PostgreSQL does not accept NUL in text.
    .regex(/^[^\0]{1,500}$/s, TEXT)
    .refine((text) => text.isWellFormed() && maskPhoneNumbers(text) === text, TEXT)
    .nullable()
    .default(null)
    .describe('Kept in the audit log: no phone numbers.'),
};

export interface Reason {
  reasonCode: string | null;
  reason: string | null;
}
