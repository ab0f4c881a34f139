import { z } from 'zod';
import { BulkOutcome, BulkState } from '../../generated/prisma/client.ts';
import { datedCursor } from '../../http/dated-cursor.ts';
import { count, dryRunField, reasonFields, time } from '../../http/fields.ts';
import { NOT_A_CURSOR, pageLimit } from '../../http/paging.ts';
import { mediaFilterFields } from '../../media/media-filter.ts';
import { mediaSid } from '../../twilio/address-fields.ts';
import { MEDIA_SID } from '../../twilio/sids.ts';
import { DECISIONS, type Decision } from '../decisions.ts';
import { queueFilterFields, queueName } from '../queues/queue-filter-fields.ts';
import { QUEUES } from '../queues/queues.ts';

/** What may be done to many media at once. */
const BULK_ACTIONS = [...(Object.keys(DECISIONS) as Decision[]), 'delete', 'scan'] as const;

export type BulkAction = (typeof BULK_ACTIONS)[number];

const MAX_SIDS = 10_000;
const SIDS = `1 to ${MAX_SIDS} sids of media`;

/** As the list takes them, and as JSON. */
const listFilterFields = {
  ...mediaFilterFields,
  hasLocation: z
    .boolean('true or false')
    .optional()
    .describe('Whether `details.location` of the attachment is there: only with EXTRACT_LOCATION.'),
};

const { reasonCode, label } = queueFilterFields;
const ofQueue = 'Only with `queue`.';

/** Whether a filter has only fields that what it is applied to takes. */
function isOf(fields: object) {
  return (name: string) => Object.hasOwn(fields, name);
}

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
    queue: queueName
      .optional()
      .describe(
        'What waits in this queue; with a `filter` what of it matches, as `claims/next` takes it.',
      ),
    filter: z
      .strictObject({
        ...listFilterFields,
        reasonCode: reasonCode.describe(`${ofQueue} ${reasonCode.description}`),
        label: label.describe(`${ofQueue} ${label.description}`),
      })
      .optional()
      .describe('An empty one, `{}`, selects everything that is not deleted.'),
    dryRun: dryRunField,
    ...reasonFields,
  })
  .superRefine(({ sids, queue, filter }, context) => {
    if ((sids === undefined) === (filter === undefined && queue === undefined)) {
      const message = 'either sids, or a queue, or a filter, which may be {}';
      context.addIssue({ code: 'custom', path: ['sids'], message });
    }
    const isKnown = isOf(queue === undefined ? listFilterFields : queueFilterFields);
    for (const name of Object.keys(filter ?? {}).filter((name) => !isKnown(name))) {
      const message = queue === undefined ? 'only with a queue' : 'not with a queue';
      context.addIssue({ code: 'custom', path: ['filter', name], message });
    }
  });

export type BulkRequest = z.output<typeof bulkRequest>;

const bulkCounts = z.strictObject({
  todo: count.describe('Still to be processed.'),
  changed: count,
  unchanged: count.describe(
    'In that state already, with nothing open about it; for `scan`, without bytes.',
  ),
  unknown: count.describe('There is no such attachment.'),
  deleted: count.describe('Deleted before.'),
  claimed: count.describe(
    'Left alone: somebody else works on it, or has just decided and may take that back.',
  ),
  decided: count.describe(
    'Left alone: somebody else has decided about it since the request, or a rule has and it is no quarantine and no delete.',
  ),
  undone: count.describe('Changed, and put back by an undo.'),
});

/** The number of media with each outcome. */
export type BulkCounts = z.output<typeof bulkCounts>;

/** How many media an act selects, by outcome. */
export const bulkTotals = { total: count, counts: bulkCounts };

export const bulkActSchema = z
  .strictObject({
    id: z.uuid(),
    action: z.enum([...BULK_ACTIONS, 'undo']),
    requestedBy: z.string().describe('The name of a key, or `proxy:` and that of a user.'),
    reasonCode: z.string().nullable(),
    reason: z.string().nullable(),
    state: z.enum(BulkState),
    createdAt: time,
    endedAt: time.nullable(),
    queue: z
      .enum(QUEUES)
      .nullable()
      .describe('That was selected; null for sids or another filter.'),
    undoOf: z.uuid().nullable().describe('The act that this one, an `undo`, takes back.'),
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
