import { z } from 'zod';
import { BulkOutcome, BulkState } from '../../generated/prisma/client.ts';
import { datedCursor } from '../../http/dated-cursor.ts';
import { count, reasonFields, time } from '../../http/fields.ts';
import { NOT_A_CURSOR, pageLimit } from '../../http/paging.ts';
import { mediaFilterFields } from '../../media/media-filter.ts';
import { mediaSid } from '../../twilio/address-fields.ts';
import { MEDIA_SID } from '../../twilio/sids.ts';
import { DECISIONS, type Decision } from '../decisions.ts';

/** What may be done to many media at once. */
const BULK_ACTIONS = [...(Object.keys(DECISIONS) as Decision[]), 'delete', 'scan'] as const;

export type BulkAction = (typeof BULK_ACTIONS)[number];

const MAX_SIDS = 10_000;
const SIDS = `1 to ${MAX_SIDS} sids of media`;

/** Body of `POST /api/v1/bulk`: an action on a selection or on a filter. */
export const bulkRequest = z
  .strictObject({
    action: z.enum(BULK_ACTIONS, { error: `one of ${BULK_ACTIONS.join(', ')}` }),
    sids: z
      .array(mediaSid, SIDS)
      .min(1, SIDS)
      .max(MAX_SIDS, SIDS)
      .optional()
      .describe('Either these, or a filter.'),
    filter: z
      .strictObject(mediaFilterFields)
      .optional()
      .describe('An empty one, `{}`, selects everything that is not deleted.'),
    dryRun: z.boolean('true or false').default(false).describe('Only counts.'),
    ...reasonFields,
  })
  .superRefine(({ sids, filter }, context) => {
    if ((sids === undefined) === (filter === undefined)) {
      const message = 'either sids or a filter, which may be {}';
      context.addIssue({ code: 'custom', path: ['sids'], message });
    }
  });

export type BulkRequest = z.output<typeof bulkRequest>;

const bulkCounts = z.strictObject({
  todo: count.describe('Still to be processed.'),
  changed: count,
  unchanged: count.describe('In that state already or, for `scan`, without bytes.'),
  unknown: count.describe('There is no such attachment.'),
  deleted: count.describe('Deleted before.'),
});

/** The number of media with each outcome. */
export type BulkCounts = z.output<typeof bulkCounts>;

/** How many media an act selects, by outcome. */
export const bulkTotals = { total: count, counts: bulkCounts };

export const bulkActSchema = z
  .strictObject({
    id: z.uuid(),
    action: z.enum(BULK_ACTIONS),
    requestedBy: z.string().describe('The name of a key, or `proxy:` and that of a user.'),
    reasonCode: z.string().nullable(),
    reason: z.string().nullable(),
    state: z.enum(BulkState),
    createdAt: time,
    endedAt: time.nullable(),
    ...bulkTotals,
  })
  .meta({ id: 'BulkAct', description: 'One action on many media.' });

export type BulkActItem = z.output<typeof bulkActSchema>;

const outcomes = ['todo', ...Object.values(BulkOutcome)] as const;

/** One attachment of a bulk act. */
export const bulkItemSchema = z
  .strictObject({
    sid: mediaSid,
    outcome: z.enum(outcomes).describe('`todo` until it is processed.'),
  })
  .meta({ id: 'BulkItem' });

export type BulkItemOutcome = z.output<typeof bulkItemSchema>;

/** Query of `GET /api/v1/bulk`. */
export const bulkListQuery = z.strictObject({
  limit: pageLimit(200, 50),
  cursor: datedCursor.optional().describe('`nextCursor` of the page before.'),
});

export type BulkListQuery = z.output<typeof bulkListQuery>;

/** Query of `GET /api/v1/bulk/{id}/items`. */
export const bulkItemsQuery = z.strictObject({
  outcome: z
    .enum(outcomes, { error: `one of ${outcomes.join(', ')}` })
    .optional()
    .describe('All of them without it.'),
  limit: pageLimit(1000, 100),
  cursor: z
    .string()
    .regex(MEDIA_SID, NOT_A_CURSOR)
    .optional()
    .describe('`nextCursor` of the page before.'),
});

export type BulkItemsQuery = z.output<typeof bulkItemsQuery>;

/** Path of one bulk act. */
export const bulkPath = z.object({ id: z.uuid('the id of a bulk act') });
