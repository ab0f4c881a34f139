import { z } from 'zod';
import { createdCursor } from '../http/created-page.ts';
import { reasonFields } from '../http/fields.ts';
import { pageLimit } from '../http/paging.ts';
import { queueFilterFields, queueName } from '../moderation/queues/queue-filter-fields.ts';
import { mediaSid } from '../twilio/address-fields.ts';
import { claimSchema } from './claim-schemas.ts';
import { queueItemFields } from './queue-schemas.ts';

/** A claim with its attachment. */
export const claimedSchema = z
  .strictObject({ ...claimSchema.shape, ...queueItemFields })
  .meta({ id: 'ClaimedItem', description: 'An attachment that was taken from a queue.' });

export type ClaimedItem = z.output<typeof claimedSchema>;

/** Body of `POST /api/v1/claims/next`. */
export const nextBody = z.strictObject({
  queue: queueName,
  filter: z.strictObject(queueFilterFields).optional(),
  after: mediaSid
    .optional()
    .describe('Only what waits behind this one, such as the one that was shown last.'),
});

export type NextBody = z.output<typeof nextBody>;

/** Body of `POST /api/v1/claims`. */
export const oneBody = z.strictObject({ queue: queueName, mediaSid });

export type OneBody = z.output<typeof oneBody>;

const ESCALATION = '1 to 500 characters, without a phone number';

/** Body of `POST /api/v1/claims/{id}/escalate`. */
export const escalateBody = z.strictObject({
  reason: reasonFields.reason
    .unwrap()
    .unwrap()
    .refine((text) => text.length > 0, ESCALATION)
    .describe('Why somebody else should decide. Kept in the audit log: no phone numbers.'),
});

/** Query of `GET /api/v1/claims`. */
export const claimListQuery = z.strictObject({
  limit: pageLimit(200, 50),
  cursor: createdCursor(z.uuid()).optional().describe('`nextCursor` of the page before.'),
});

export type ClaimListQuery = z.output<typeof claimListQuery>;

/** Path of one claim. */
export const claimPath = z.object({ id: z.uuid('the id of a claim') });
