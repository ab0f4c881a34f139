import { z } from 'zod';
import { instant, rowNumber, time } from '../http/fields.ts';
import { defineOperation } from '../http/operation.ts';
import { pageAnswer, pageLimit } from '../http/paging.ts';
import { AUDIT_ACTIONS } from './record-audit.ts';

const facts = z.record(z.string(), z.unknown()).nullable();

export const auditEntrySchema = z
  .strictObject({
    id: z.string().describe('A number; later entries have larger ones.'),
    at: time,
    actor: z
      .string()
      .describe(
        "The name of a key, `proxy:` and the user's name, or `system:` and the rule's name.",
      ),
    action: z.string().describe('Such as `media.approve`.'),
    target: z.string().describe('A sid, an id, a name, or the keyed hash of a sender.'),
    reasonCode: z.string().nullable(),
    reason: z.string().nullable(),
    before: facts.describe('What the action changed; null if it records none.'),
    after: facts.describe('What it was changed to.'),
  })
  .meta({ id: 'AuditEntry', description: 'Who did what, when and why.' });

const name = z.string().regex(/^[\x20-\x7e]{1,100}$/, 'at most 100 ASCII characters');

/** Filters, combined with AND. */
const filter = {
  actor: name.optional().describe('Who did it: the name of a key, or of a rule.'),
  action: z
    .enum(AUDIT_ACTIONS, { error: `one of ${AUDIT_ACTIONS.join(', ')}` })
    .optional()
    .describe('What was done.'),
  target: name.optional().describe('To what: a sid, an id, a name.'),
  since: instant.optional().describe('At or after this time.'),
  until: instant.optional().describe('Before this time.'),
};

const exportQuery = z.strictObject(filter);

const listQuery = z.strictObject({
  ...filter,
  limit: pageLimit(500, 100),
  cursor: rowNumber('the nextCursor of an earlier answer')
    .optional()
    .describe('`nextCursor` of the page before.'),
});

export type AuditItem = z.output<typeof auditEntrySchema>;
export type AuditFilter = z.output<typeof exportQuery>;
export type AuditListQuery = z.output<typeof listQuery>;

const tag = 'administration';

/** Operations that read the audit log. */
export const auditOperations = {
  listAudit: defineOperation({
    id: 'listAudit',
    method: 'get',
    path: '/api/v1/audit',
    tag,
    summary: 'List entries of the audit log',
    description: 'Newest first.',
    access: 'moderator',
    query: listQuery,
    answers: {
      200: pageAnswer(auditEntrySchema),
    },
  }),
  exportAudit: defineOperation({
    id: 'exportAudit',
    method: 'get',
    path: '/api/v1/audit/export',
    tag,
    summary: 'Export the audit log',
    description: 'All matching entries, oldest first. The export itself is recorded in the log.',
    access: 'admin',
    query: exportQuery,
    answers: {
      200: {
        description: 'One entry as JSON in each line.',
        body: auditEntrySchema,
        contentTypes: ['application/x-ndjson'],
        headers: { 'Content-Disposition': '`attachment; filename="audit.ndjson"`' },
      },
    },
  }),
};
