import { z } from 'zod';
import { DeletionTargetKind, TargetState } from '../../generated/prisma/client.ts';
import { count, rowNumber, time } from '../../http/fields.ts';
import { pageLimit } from '../../http/paging.ts';
import { mediaSid, messageSid } from '../../twilio/address-fields.ts';

const DELETION_STATES = ['open', 'completed', 'stuck'] as const;

export type DeletionState = (typeof DELETION_STATES)[number];

/** What is deleted of each target. */
export type DeletionPart = 'local' | 'previews' | 'upstream';

const part = z
  .enum(TargetState)
  .describe(
    '`kept`: on purpose, such as bytes that another attachment has. `none`: there never was anything.',
  );
const byState = z.partialRecord(part, count);
const sid = z.union([mediaSid, messageSid]);

const deletion = z.strictObject({
  id: z.string().describe('In decimal digits.'),
  requestedBy: z.string().describe("The name of a key, or `system:` and the rule's name."),
  scope: z.string().describe('What was requested: a scope of a delete, or `erase`.'),
  mediaSid: mediaSid.nullable().describe('Null when the request was not for an attachment.'),
  withMessages: z.boolean().describe('Whether messages are deleted, too.'),
  reasonCode: z.string().nullable(),
  reason: z.string().nullable(),
  createdAt: time,
  completedAt: time.nullable().describe('When the last of its targets was done.'),
  state: z.enum(DELETION_STATES).describe('`stuck` is open, and will not complete by itself.'),
  targets: count.describe('Media and messages.'),
  local: byState.describe('The number of targets by the state of their bytes here.'),
  previews: byState.describe('The same, of their previews.'),
  upstream: byState.describe('The same, of their copies at Twilio.'),
});

export const deletionSchema = deletion.meta({
  id: 'Deletion',
  description: 'A request to delete, and its progress.',
});

export const deletionTargetSchema = z
  .strictObject({
    sid,
    kind: z.enum(DeletionTargetKind),
    messageSid,
    sha256: z.string().nullable().describe('Of its bytes, in hexadecimal digits.'),
    local: part.describe(
      'Its bytes here. `done`: no file of them is left, whichever deletion removed the last attachment.',
    ),
    previews: part,
    upstream: part.describe(
      "Twilio's copy; `kept` with `DELETE_UPSTREAM=never`, or of a suspect message.",
    ),
    attempts: count.describe('Requests to Twilio so far.'),
    reason: z.string().nullable().describe('Why it is not done.'),
    nextTryAt: time.nullable(),
  })
  .meta({ id: 'DeletionTarget', description: 'One attachment or message of a deletion.' });

/** A deletion with the first of its targets that are not done. */
export const deletionRecordSchema = deletion
  .extend({
    open: z.array(deletionTargetSchema).describe('The first hundred targets that are not done.'),
  })
  .meta({ id: 'DeletionRecord' });

export type DeletionItem = z.output<typeof deletion>;
export type DeletionTargetItem = z.output<typeof deletionTargetSchema>;
export type DeletionRecord = z.output<typeof deletionRecordSchema>;

const CURSOR = 'the nextCursor of an earlier answer';
const limit = pageLimit(200, 50);

/** Path of one deletion. */
export const deletionPathParams = z.object({ id: rowNumber('the id of a deletion') });

/** Query of `GET /api/v1/deletions`. */
export const deletionListQuery = z.strictObject({
  state: z
    .enum(DELETION_STATES, { error: `one of ${DELETION_STATES.join(', ')}` })
    .optional()
    .describe('`open` includes those that are stuck.'),
  limit,
  cursor: rowNumber(CURSOR).optional().describe('`nextCursor` of the page before.'),
});

/** Query of `GET /api/v1/deletions/{id}/targets`. */
export const targetListQuery = z.strictObject({
  limit,
  cursor: z
    .union([mediaSid, messageSid], { error: CURSOR })
    .meta({ override: { type: 'string' } })
    .optional()
    .describe('`nextCursor` of the page before.'),
});

export type DeletionListQuery = z.output<typeof deletionListQuery>;
export type TargetListQuery = z.output<typeof targetListQuery>;
