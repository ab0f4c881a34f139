import { pipeline } from 'node:stream/promises';
import type { Router } from 'express';
import { callerOf, type RequireRole } from '../auth/authentication.ts';
import type { Database } from '../database/database.ts';
import { createResourceRouter } from '../http/resource-router.ts';
import { validate } from '../http/validate.ts';
import {
  type AuditItem,
  auditExportQuery,
  auditListQuery,
  listAudit,
  readAudit,
} from './list-audit.ts';
import { recordAudit } from './record-audit.ts';

/** `GET /api/v1/audit` for moderators; `GET /api/v1/audit/export` for admins: NDJSON, one entry per line. */
export function createAuditRouter(database: Database, requireRole: RequireRole): Router {
  return createResourceRouter({
    '/api/v1/audit': {
      get: [
        requireRole('moderator'),
        async (request, response) => {
          response.json(await listAudit(database, validate(auditListQuery, request.query)));
        },
      ],
    },
    '/api/v1/audit/export': {
      get: [
        requireRole('admin'),
        async (request, response) => {
          const filter = validate(auditExportQuery, request.query);
          const actor = callerOf(response).name;
          await database.prisma.$transaction((tx) =>
            recordAudit(tx, [{ actor, action: 'audit.export', target: 'audit' }]),
          );
          response.attachment('audit.ndjson').type('application/x-ndjson');
          response.set('Cache-Control', 'no-store');
          await pipeline(readAudit(database, filter), toLines, response);
        },
      ],
    },
  });
}

async function* toLines(entries: AsyncIterable<AuditItem>): AsyncGenerator<string> {
  for await (const entry of entries) yield `${JSON.stringify(entry)}\n`;
}
