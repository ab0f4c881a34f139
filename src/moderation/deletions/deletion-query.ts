import { z } from 'zod';
import { reasonFields } from '../../http/reason-schema.ts';
import { mediaSid, messageSid } from '../../http/sid-schema.ts';
import { DELETION_STATES } from './deletion-item.ts';
import { DELETION_SCOPES } from './deletion-scope.ts';

const LIMIT = 'a whole number from 1 to 200';
const CURSOR = 'the nextCursor of an earlier answer';
const limit = z
  .string()
  .regex(/^\d{1,3}$/, LIMIT)
  .transform(Number)
  .pipe(z.number().min(1, LIMIT).max(200, LIMIT))
  .default(50);
const number = z.string().regex(/^\d{1,18}$/, CURSOR);

/** Query of `DELETE /api/v1/media/{sid}`. */
export const deleteQuery = z.strictObject({
  scope: z.enum(DELETION_SCOPES, { error: `one of ${DELETION_SCOPES.join(', ')}` }).default('one'),
  message: z.enum(['true', 'false'], { error: 'true or false' }).default('false'),
  ...reasonFields,
});

/** Path of everything about one deletion. */
export const deletionPathParams = z.object({
  id: z
    .string()
    .regex(/^\d{1,18}$/, 'the id of a deletion')
    .transform(BigInt),
});

/** Query of `GET /api/v1/deletions`. */
export const deletionListQuery = z.strictObject({
  state: z.enum(DELETION_STATES, { error: `one of ${DELETION_STATES.join(', ')}` }).optional(),
  limit,
  cursor: number.transform(BigInt).optional(),
});

/** Query of `GET /api/v1/deletions/{id}/targets`. */
export const targetListQuery = z.strictObject({
  limit,
  cursor: z.union([mediaSid, messageSid], { error: CURSOR }).optional(),
});

export type DeletionListQuery = z.output<typeof deletionListQuery>;
export type TargetListQuery = z.output<typeof targetListQuery>;
