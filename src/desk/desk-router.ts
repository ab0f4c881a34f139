import type { Response, Router } from 'express';
import { callerOf, hasRole, signInOf } from '../auth/authentication.ts';
import type { Database } from '../database/database.ts';
import { sendPage } from '../http/paging.ts';
import { createResourceRouter, type Guard, route } from '../http/resource-router.ts';
import { QUEUES } from '../moderation/queues/queues.ts';
import type { Claims } from './claims.ts';
import { countEscalated, NOT_ESCALATED } from './count-escalated.ts';
import type { CountQueues } from './count-queues.ts';
import { deskOperations as operations } from './desk-operations.ts';
import type { ReadFigures } from './figures.ts';
import { figuresOperations } from './figures-operations.ts';
import { listQueueItems } from './queue-items.ts';
import type { Claimant } from './read-claims.ts';

/** `/api/v1/queues` and `/api/v1/claims`, for moderators: what waits for a decision, and who works on what. */
export function createDeskRouter(
  guard: Guard,
  {
    database,
    claims,
    countQueues,
    readFigures,
  }: {
    database: Database;
    claims: Claims;
    countQueues: CountQueues;
    readFigures: ReadFigures;
  },
): Router {
  return createResourceRouter(guard, [
    route(operations.listQueues, async ({ response }) => {
      const caller = claimantOf(response);
      const counts = await countQueues(caller.work);
      const escalated = await countEscalated(database, caller);
      const active = await claims.active(caller);
      const { queues } = caller.work;
      const own = QUEUES.filter((name) => queues.length === 0 || queues.includes(name));
      const items = own.map((name) => {
        const taken = active.filter(({ queue }) => queue === name);
        const claimId = taken.find(({ isMine }) => isMine)?.id ?? null;
        const waitsFor = name === 'escalated' ? escalated : NOT_ESCALATED;
        return { name, ...counts[name], taken: taken.length, ...waitsFor, claimId };
      });
      response.json({ items });
    }),
    route(figuresOperations.showFigures, async ({ response }) => {
      response.json(await readFigures());
    }),
    route(operations.listQueueItems, async ({ params: { name }, query, request, response }) => {
      const page = await listQueueItems(database, name, query, claimantOf(response));
      sendPage(request, response, page);
    }),
    route(operations.claimNext, async ({ body, response }) => {
      const claimed = await claims.next(body, claimantOf(response));
      if (claimed === null) response.status(204).end();
      else response.status(201).location(`/api/v1/claims/${claimed.id}`).json(claimed);
    }),
    route(operations.claimOne, async ({ body, response }) => {
      const claimed = await claims.take(body, claimantOf(response));
      response.status(201).location(`/api/v1/claims/${claimed.id}`).json(claimed);
    }),
    route(operations.listClaims, async ({ query, request, response }) => {
      sendPage(request, response, await claims.list(query, claimantOf(response)));
    }),
    route(operations.showClaim, async ({ params: { id }, response }) => {
      response.json(await claims.find(id, claimantOf(response)));
    }),
    route(operations.extendClaim, async ({ params: { id }, response }) => {
      response.json(await claims.extend(id, claimantOf(response)));
    }),
    route(operations.releaseClaim, async ({ params: { id }, query: { skipped }, response }) => {
      await claims.release(id, skipped, claimantOf(response));
      response.status(204).end();
    }),
    route(operations.escalateClaim, async ({ params: { id }, body, request, response }) => {
      const claim = await claims.escalate(id, body.reason, claimantOf(response));
      request.log.info({ mediaSid: claim.mediaSid }, 'media escalated');
      response.json(claim);
    }),
  ]);
}

function claimantOf(response: Response): Claimant {
  const { caller, sessionId } = signInOf(response);
  const { name, keyId, work } = callerOf(response);
  return { name, keyId, work, sessionId, isAdmin: hasRole(caller, 'admin') };
}
