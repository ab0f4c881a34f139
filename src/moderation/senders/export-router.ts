import type { Router } from 'express';
import { z } from 'zod';
import { recordAudit } from '../../audit/record-audit.ts';
import { callerOf, type RequireRole } from '../../auth/authentication.ts';
import type { Database } from '../../database/database.ts';
import { reasonFields } from '../../http/fields.ts';
import { createResourceRouter } from '../../http/resource-router.ts';
import { jsonBody, noQuery, validate } from '../../http/validate.ts';
import { storedSender } from '../../twilio/address-fields.ts';
import type { ExportSender } from './export-sender.ts';
import type { SenderIds } from './sender-id.ts';

const body = z.strictObject({ address: storedSender, ...reasonFields });

/** `POST /api/v1/senders/export`, for admins: everything of a sender as a zip. */
export function createExportRouter(deps: {
  database: Database;
  exportSender: ExportSender;
  senderIds: SenderIds;
  requireRole: RequireRole;
}): Router {
  const { database, exportSender, senderIds } = deps;
  return createResourceRouter({
    '/api/v1/senders/export': {
      post: [
        deps.requireRole('admin'),
        noQuery,
        jsonBody,
        async (request, response) => {
          const { address, ...reason } = validate(body, request.body ?? {});
          const { byteSize, messages, writeTo } = await exportSender(address);
          const actor = callerOf(response).name;
          const target = senderIds.of(address);
          await database.prisma.$transaction((tx) =>
            recordAudit(tx, [{ ...reason, actor, action: 'sender.export', target }]),
          );
          request.log.info({ senderId: target, byteSize }, 'sender exported');
          response
            .attachment(`sender-${target.slice(0, 12)}.zip`)
            .type('application/zip')
            .set({
              'Cache-Control': 'no-store',
              'X-Media-Bytes': String(byteSize),
              'X-Message-Count': String(messages),
            });
          await writeTo(response);
        },
      ],
    },
  });
}
