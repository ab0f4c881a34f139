import type { Router } from 'express';
import type { Database } from '../../database/database.ts';
import { createResourceRouter, type Guard, route } from '../../http/resource-router.ts';
import { listRefusals } from './refused-webhooks.ts';
import { refusedWebhooksOperations as operations } from './refused-webhooks-operations.ts';

/** The webhooks that were refused last, for operators who miss messages. */
export function createRefusedWebhooksRouter(guard: Guard, database: Database): Router {
  return createResourceRouter(guard, [
    route(operations.listRefusedWebhooks, async ({ query: { limit }, response }) => {
      response.json({ items: await listRefusals(database, limit) });
    }),
  ]);
}
