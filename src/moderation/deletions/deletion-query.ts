import { z } from 'zod';
import { pageLimit } from '../../http/page-limit.ts';
import { reasonFields } from '../../http/reason-schema.ts';
import { rowNumber } from '../../http/row-number.ts';
import { mediaSid, messageSid } from '../../twilio/sid-schema.ts';
import { DELETION_STATES } from './deletion-item.ts';
import { DELETION_SCOPES } from './deletion-scope.ts';

const CURSOR = 'the nextCursor of an earlier answer';
const limit = pageLimit(200, 50);

const flag = z.enum(['true', 'false'], { error: 'true or false' }).default('false');

/** Query of `DELETE /api/v1/media/{sid}`. */
export const deleteQuery = z.strictObject({
  scope: z.enum(DELETION_SCOPES, { error: `one of ${DELETION_SCOPES.join(', ')}` }).default('one'),
  message: flag,
  dryRun: flag,
  ...reasonFields,
});

/** Path of everything about one deletion. */
export const deletionPathParams = z.object({
  id: rowNumber('the id of a deletion'),
});

/** Query of `GET /api/v1/deletions`. */
export const deletionListQuery = z.strictObject({
  state: z.enum(DELETION_STATES, { error: `one of ${DELETION_STATES.join(', ')}` }).optional(),
  limit,
  cursor: rowNumber(CURSOR).optional(),
});

/** Query of `GET /api/v1/deletions/{id}/targets`. */
export const targetListQuery = z.strictObject({
  limit,
  cursor: z.union([mediaSid, messageSid], { error: CURSOR }).optional(),
});

export type DeletionListQuery = z.output<typeof deletionListQuery>;
export type TargetListQuery = z.output<typeof targetListQuery>;
