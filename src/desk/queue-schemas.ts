import { z } from 'zod';
import { mediaItemSchema } from '../gallery/item-schemas.ts';
import { count, time } from '../http/fields.ts';
import { opaqueCursor, pageLimit } from '../http/paging.ts';
import { queueFilterFields, queueName } from '../moderation/queues/queue-filter-fields.ts';
import { proposalSchema } from '../moderation/reviews/proposal-schemas.ts';
import { mediaSid } from '../twilio/address-fields.ts';
import { claimSchema } from './claim-schemas.ts';

/** What one queue holds, at a moment. */
export const queueSchema = z
  .strictObject({
    name: queueName,
    count: count.describe('Attachments in it, taken ones included; up to seconds old.'),
    oldestAt: time
      .nullable()
      .describe('Since when the oldest of them waits; null when it is empty.'),
    taken: count.describe('How many of them somebody works on.'),
    proposed: count.describe(
      'How many of them wait for a second person to confirm a delete or a block; 0 but for `escalated`.',
    ),
    own: count.describe(
      'How many of them only others are offered: the caller has escalated or proposed them; 0 but for `escalated`.',
    ),
    claimId: z.uuid().nullable().describe("The caller's claim of it, if there is one."),
  })
  .meta({ id: 'Queue', description: 'Attachments that wait for a moderator.' });

export const queuesAnswer = z.strictObject({ items: z.array(queueSchema) });

const escalation = z
  .strictObject({
    at: time,
    by: z.string(),
    reason: z.string().nullable(),
    proposal: proposalSchema.nullable().describe('The first of the proposals.'),
    proposals: z
      .array(proposalSchema)
      .describe(
        'What a second person has to confirm, in this order: at most one block of the picture, one of the sender and one ' +
          'delete, which ends the others.',
      ),
  })
  .meta({ id: 'Escalation' });

/** An attachment, and what is to be known before it is decided about. */
export const queueItemFields = {
  since: time.describe(
    'Since when it waits: its receipt, its oldest open report, or its escalation.',
  ),
  media: mediaItemSchema,
  openReports: count,
  skips: count.describe('How often moderators found it hard to judge.'),
  escalation: escalation.nullable().describe('Who wants somebody else to decide, and why.'),
};

export const queueItemSchema = z
  .strictObject({
    ...queueItemFields,
    claim: claimSchema.nullable().describe('Null while nobody works on it.'),
  })
  .meta({ id: 'QueueItem', description: 'An attachment in a queue.' });

export type QueueItem = z.output<typeof queueItemSchema>;

/** The `cursor` parameter of the items of a queue. */
const queueCursor = opaqueCursor(
  z
    .tuple([z.int().min(0).max(8.64e15), mediaSid, queueName])
    .transform(([time, sid, queue]) => ({ since: new Date(time), sid, queue })),
);

/** Query of `GET /api/v1/queues/{name}/items`. */
export const queueItemsQuery = z.strictObject({
  ...queueFilterFields,
  limit: pageLimit(200, 50),
  cursor: queueCursor.optional().describe('`nextCursor` of the page before.'),
});

export type QueueItemsQuery = z.output<typeof queueItemsQuery>;

/** Path of one queue. */
export const queuePath = z.object({ name: queueName });
