import type { Router } from 'express';
import { callerOf } from '../../auth/authentication.ts';
import type { Database } from '../../database/database.ts';
import { AppError } from '../../errors/app-error.ts';
import { accepted } from '../../http/accepted.ts';
import { sendPage } from '../../http/paging.ts';
import { createResourceRouter, type Guard, route } from '../../http/resource-router.ts';
import type { ReadinessCheck } from '../../monitoring/readiness.ts';
import type { Deliveries } from '../deliveries/deliveries.ts';
import { deliveryOperations } from '../deliveries/delivery-operations.ts';
import type { ResendRange } from '../deliveries/resend-range.ts';
import { checkEndpointName, checkEndpointUrl } from './endpoint-settings.ts';
import type { Endpoints } from './endpoints.ts';
import { endpointOperations } from './endpoints-operations.ts';

/**
 * The endpoints that events are sent to, and their deliveries.
 *
 * @param deps.eventHosts same as the parameter of `checkEndpointUrl`
 */
export function createEndpointsRouter(
  guard: Guard,
  deps: {
    endpoints: Endpoints;
    deliveries: Deliveries;
    resendRange: ResendRange;
    eventHosts: ReadonlySet<string>;
  },
): Router {
  const { endpoints, deliveries, resendRange, eventHosts } = deps;
  const operations = { ...endpointOperations, ...deliveryOperations };

  /** @throws AppError `invalid_request` for a URL that may not be used */
  async function allowedUrl(text: string): Promise<string> {
    let message = checkEndpointUrl(text, eventHosts);
    if (message === null) {
      const { href } = new URL(text);
      message = await checkEndpointName(href, eventHosts);
      if (message === null) return href;
    }
    throw new AppError('invalid_request', 'Not valid: url.', {
      fields: [{ field: 'url', message }],
    });
  }

  return createResourceRouter(guard, [
    route(operations.listEndpoints, async ({ query, request, response }) => {
      sendPage(request, response, await endpoints.list(query));
    }),
    route(operations.createEndpoint, async ({ body, request, response }) => {
      const url = await allowedUrl(body.url);
      const made = await endpoints.create({ ...body, url }, callerOf(response).name);
      request.log.info({ endpointId: made.id }, 'events endpoint created');
      response
        .status(201)
        .location(`/api/v1/endpoints/${made.id}`)
        .set('Cache-Control', 'no-store')
        .json(made);
    }),
    route(operations.showEndpoint, async ({ params: { id }, response }) => {
      response.json(await endpoints.find(id));
    }),
    route(operations.changeEndpoint, async ({ params: { id }, body, request, response }) => {
      const changes = body.url === undefined ? body : { ...body, url: await allowedUrl(body.url) };
      response.json(await endpoints.change(id, changes, callerOf(response).name));
      request.log.info({ endpointId: id }, 'events endpoint changed');
    }),
    route(operations.deleteEndpoint, async ({ params: { id }, query, request, response }) => {
      if (query.dryRun) {
        response.json({ dryRun: true, ...(await endpoints.countRemoval(id)) });
        return;
      }
      await endpoints.remove(id, callerOf(response).name);
      request.log.info({ endpointId: id }, 'events endpoint deleted');
      response.status(204).end();
    }),
    route(operations.rotateSecret, async ({ params: { id }, request, response }) => {
      const rotated = await endpoints.rotateSecret(id, callerOf(response).name);
      request.log.info({ endpointId: id }, 'secret of an events endpoint rotated');
      response.set('Cache-Control', 'no-store').json(rotated);
    }),
    route(operations.listDeliveries, async ({ params: { id }, query, request, response }) => {
      sendPage(request, response, await deliveries.list(id, query));
    }),
    route(operations.resendDelivery, async ({ params: { id }, request, response }) => {
      const item = await deliveries.resend(id);
      request.log.info({ deliveryId: id }, 'event resent manually');
      accepted(response).location(`/api/v1/endpoints/${item.endpointId}/deliveries`).json(item);
    }),
    route(operations.resendRange, async ({ params: { id }, body, request, response }) => {
      const { count } = await resendRange(id, body, callerOf(response).name);
      const answer = { count, dryRun: body.dryRun };
      if (body.dryRun) {
        response.json(answer);
        return;
      }
      request.log.info({ endpointId: id, count }, 'events of a range resent manually');
      accepted(response).location(`/api/v1/endpoints/${id}/deliveries`).json(answer);
    }),
    route(operations.testEndpoint, async ({ params: { id }, request, response }) => {
      const item = await deliveries.sendTest(id, callerOf(response).name);
      request.log.info({ endpointId: id, deliveryId: item.id }, 'test event sent manually');
      accepted(response).location(`/api/v1/endpoints/${id}/deliveries`).json(item);
    }),
  ]);
}

/** Reports the endpoints that are paused because nothing could be delivered, not those paused by an admin. */
export function endpointsHealth({ prisma }: Database): ReadinessCheck {
  return async () => {
    const paused = await prisma.eventEndpoint
      .findMany({
        where: { state: 'paused', failingSince: { not: null } },
        select: { id: true },
        orderBy: { id: 'asc' },
      })
      // A database outage is reported by its own check.
      .catch(() => []);
    if (paused.length === 0) return undefined;
    return `paused after steady failure: ${paused.map(({ id }) => id).join(', ')}`;
  };
}
