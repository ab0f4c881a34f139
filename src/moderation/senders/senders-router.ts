import type { RequestHandler, Router } from 'express';
import { z } from 'zod';
import { recordAudit } from '../../audit/record-audit.ts';
import { callerOf, type RequireRole } from '../../auth/authentication.ts';
import type { Database } from '../../database/database.ts';
import { reasonFields } from '../../http/fields.ts';
import { createResourceRouter } from '../../http/resource-router.ts';
import { createJsonBody, jsonBody, noQuery, validate } from '../../http/validate.ts';
import { storedSender } from '../../twilio/address-fields.ts';
import type { Erasures } from './erasures.ts';
import type { ExportSender } from './export-sender.ts';
import type { SenderIds } from './sender-id.ts';
import { type Senders, senderChange, senderListQuery } from './senders.ts';

const senderBody = createJsonBody('32kb');
const exportBody = z.strictObject({ address: storedSender, ...reasonFields });
const erasureBody = exportBody.extend({ dryRun: z.boolean('true or false').default(false) });
const erasurePath = z.object({ id: z.uuid('the id of an erasure') });

/**
 * `/api/v1/senders`: policy, mute and note for moderators; for admins everything of a sender as a zip, and its
 * erasure here and at Twilio.
 */
export function createSendersRouter(deps: {
  database: Database;
  senders: Senders;
  senderIds: SenderIds;
  exportSender: ExportSender;
  erasures: Erasures;
  requireRole: RequireRole;
}): Router {
  const { database, senders, senderIds, exportSender, erasures, requireRole } = deps;

  const list: RequestHandler = async (request, response) => {
    response.json(await senders.list(validate(senderListQuery, request.query)));
  };

  const update: RequestHandler = async (request, response) => {
    const body = validate(senderChange, request.body ?? {});
    const { address, reasonCode, reason, ...change } = body;
    const decider = { actor: callerOf(response).name, reasonCode, reason };
    const sender = await senders.update(address, change, decider);
    request.log.info({ senderId: sender.id, policy: sender.policy }, 'sender decided');
    response.json(sender);
  };

  const sendExport: RequestHandler = async (request, response) => {
    const { address, ...reason } = validate(exportBody, request.body ?? {});
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
  };

  const erase: RequestHandler = async (request, response) => {
    const { address, dryRun, ...reason } = validate(erasureBody, request.body ?? {});
    if (dryRun) {
      response.json({ dryRun, ...(await erasures.count(address)) });
      return;
    }
    const decider = { actor: callerOf(response).name, ...reason };
    const erasure = await erasures.begin(address, decider);
    request.log.info({ erasureId: erasure.id }, 'erasure requested');
    response.status(202).location(`/api/v1/senders/erasures/${erasure.id}`).json(erasure);
  };

  const showErasure: RequestHandler = async (request, response) => {
    response.json(await erasures.find(validate(erasurePath, request.params).id));
  };

  const moderator = requireRole('moderator');
  const admin = requireRole('admin');
  return createResourceRouter({
    '/api/v1/senders': {
      get: [moderator, list],
      put: [moderator, noQuery, senderBody, update],
    },
    '/api/v1/senders/export': { post: [admin, noQuery, jsonBody, sendExport] },
    '/api/v1/senders/erasures': { post: [admin, noQuery, jsonBody, erase] },
    '/api/v1/senders/erasures/:id': { get: [admin, noQuery, showErasure] },
  });
}
