import { z } from 'zod';

/** An instant as callers write it; a date is its midnight in UTC. */
export const instant = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()], {
    error: 'a date (2026-01-31) or an ISO 8601 date-time with offset (2026-01-31T10:00:00Z)',
  })
  .transform((text) => new Date(text))
  // PostgreSQL has no year 0.
  .refine((time) => time.getUTCFullYear() > 0, 'a year after 0');
