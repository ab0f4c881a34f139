import type { Router } from 'express';
import { recordAudit } from '../../audit/record-audit.ts';
import { callerOf } from '../../auth/authentication.ts';
import type { Database } from '../../database/database.ts';
import { accepted } from '../../http/accepted.ts';
import { sendPage } from '../../http/paging.ts';
import { createResourceRouter, type Guard, route } from '../../http/resource-router.ts';
import type { RequireOneReviewer } from '../reviews/proposals.ts';
import type { Erasures } from './erasures.ts';
import type { ExportSender } from './export-sender.ts';
import type { SenderIds } from './sender-id.ts';
import type { Senders } from './senders.ts';
import { sendersOperations as operations } from './senders-operations.ts';
import { createReadStrikes } from './strikes.ts';

const BY_AN_ACT =
  'An act `block-sender` on one of their attachments waits for the second one: POST /api/v1/acts.';

/**
 * `/api/v1/senders`: policy, mute and note for moderators; for admins everything of a sender as a zip, and its
 * erasure here and at Twilio.
 */
export function createSendersRouter(
  guard: Guard,
  deps: {
    database: Database;
    senders: Senders;
    senderIds: SenderIds;
    exportSender: ExportSender;
    erasures: Erasures;
    requireOneReviewer: RequireOneReviewer;
  },
): Router {
  const { database, senders, senderIds, exportSender, erasures } = deps;

  const readStrikes = createReadStrikes(database, senderIds);
  return createResourceRouter(guard, [
    route(operations.listSenders, async ({ query, request, response }) => {
      sendPage(request, response, await senders.list(query));
    }),
    route(operations.updateSender, async ({ body, request, response }) => {
      const { address, reasonCode, reason, ...change } = body;
      // What takes a restriction back needs one person, as everywhere.
      if (change.policy === 'quarantine' || change.policy === 'refuse') {
        await deps.requireOneReviewer(reasonCode, BY_AN_ACT);
      }
      const decider = { actor: callerOf(response).name, reasonCode, reason };
      const sender = await senders.update(address, change, decider);
      request.log.info({ senderId: sender.id, policy: sender.policy }, 'sender decided');
      response.json(sender);
    }),
    route(operations.listStrikes, async ({ query: { address }, response }) => {
      response.json({ items: await readStrikes(address) });
    }),
    route(operations.exportSender, async ({ body, request, response }) => {
      const { address, ...reason } = body;
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
    }),
    route(operations.eraseSender, async ({ body, request, response }) => {
      const { address, dryRun, ...reason } = body;
      if (dryRun) {
        response.json({ dryRun, ...(await erasures.count(address)) });
        return;
      }
      const decider = { actor: callerOf(response).name, ...reason };
      const erasure = await erasures.begin(address, decider);
      request.log.info({ erasureId: erasure.id }, 'erasure requested');
      accepted(response).location(`/api/v1/senders/erasures/${erasure.id}`).json(erasure);
    }),
    route(operations.showErasure, async ({ params: { id }, response }) => {
      response.json(await erasures.find(id));
    }),
  ]);
}
