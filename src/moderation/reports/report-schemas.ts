import { z } from 'zod';
import { datedCursor } from '../../http/dated-cursor.ts';
import { reasonFields, time } from '../../http/fields.ts';
import { pageLimit } from '../../http/paging.ts';
import { mediaSid } from '../../twilio/address-fields.ts';

const REASON = '1 to 1000 characters';

/** Body of `POST /api/v1/media/{sid}/reports`. */
export const reportBody = z.strictObject({
  reason: z
    .string(REASON)
    // PostgreSQL does not accept NUL in text.
    .regex(/^[^\0]{1,1000}$/s, REASON)
    .refine((text) => text.isWellFormed(), REASON)
    .describe('What is wrong with it. Moderators see it; it is deleted with the attachment.'),
  reasonCode: reasonFields.reasonCode,
});

export type ReportBody = z.output<typeof reportBody>;

/** What resolves a report: a decision about the attachment, or that it is dismissed. */
export const RESOLUTIONS = ['approve', 'hold', 'quarantine', 'dismiss'] as const;

export const reportSchema = z
  .strictObject({
    id: z.uuid(),
    mediaSid,
    state: z.enum(['open', 'resolved']),
    reportedBy: z.string().describe('The name of a key, or `proxy:` and that of a user.'),
    reasonCode: z.string().nullable(),
    reason: z.string(),
    createdAt: time,
    resolution: z
      .enum(RESOLUTIONS)
      .nullable()
      .describe('The decision about the attachment, or `dismiss`; null while it is open.'),
    resolvedBy: z.string().nullable(),
    resolvedAt: time.nullable(),
  })
  .meta({ id: 'Report', description: 'What somebody objects to in an attachment.' });

export type ReportItem = z.output<typeof reportSchema>;

const page = {
  limit: pageLimit(200, 50),
  cursor: datedCursor.optional().describe('`nextCursor` of the page before.'),
};

const STATES = ['open', 'resolved'] as const;

/** Query of `GET /api/v1/media/{sid}/reports`. */
export const mediaReportsQuery = z.strictObject(page);

/** Query of `GET /api/v1/reports`. */
export const reportListQuery = z.strictObject({
  state: z
    .enum(STATES, { error: `one of ${STATES.join(', ')}` })
    .optional()
    .describe('All of them without it.'),
  ...page,
});

export type ReportListQuery = z.output<typeof reportListQuery>;
