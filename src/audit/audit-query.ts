import { z } from 'zod';
import { instant } from '../http/instant-schema.ts';
import { AUDIT_ACTIONS } from './audit-actions.ts';

const LIMIT = 'a whole number from 1 to 500';
const CURSOR = 'the nextCursor of an earlier answer';
const name = z.string().regex(/^[\x20-\x7e]{1,100}$/, 'at most 100 ASCII characters');

/** Which entries: all of the filters together. */
const filter = {
  actor: name.optional(),
  action: z.enum(AUDIT_ACTIONS, { error: `one of ${AUDIT_ACTIONS.join(', ')}` }).optional(),
  target: name.optional(),
  since: instant.optional(),
  until: instant.optional(),
};

/** Query of `GET /api/v1/audit/export`. */
export const auditExportQuery = z.strictObject(filter);

/** Query of `GET /api/v1/audit`. */
export const auditListQuery = z.strictObject({
  ...filter,
  limit: z
    .string()
    .regex(/^\d{1,3}$/, LIMIT)
    .transform(Number)
    .pipe(z.number().min(1, LIMIT).max(500, LIMIT))
    .default(100),
  cursor: z
    .string()
    .regex(/^\d{1,18}$/, CURSOR)
    .transform(BigInt)
    .optional(),
});

export type AuditFilter = z.output<typeof auditExportQuery>;
export type AuditListQuery = z.output<typeof auditListQuery>;
