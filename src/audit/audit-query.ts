import { z } from 'zod';
import { instant } from '../http/instant-schema.ts';
import { pageLimit } from '../http/page-limit.ts';
import { rowNumber } from '../http/row-number.ts';
import { AUDIT_ACTIONS } from './audit-actions.ts';

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
  limit: pageLimit(500, 100),
  cursor: rowNumber('the nextCursor of an earlier answer').optional(),
});

export type AuditFilter = z.output<typeof auditExportQuery>;
export type AuditListQuery = z.output<typeof auditListQuery>;
