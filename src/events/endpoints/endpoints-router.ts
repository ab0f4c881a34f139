import type { Request, Router } from 'express';
import { z } from 'zod';
import { callerOf, type RequireRole } from '../../auth/authentication.ts';
import type { Database } from '../../database/database.ts';
import { AppError } from '../../errors/app-error.ts';
import { EndpointState } from '../../generated/prisma/client.ts';
import { createResourceRouter } from '../../http/resource-router.ts';
import { jsonBody, noQuery, validate } from '../../http/validate.ts';
import type { ReadinessCheck } from '../../monitoring/readiness.ts';
import { type Deliveries, deliveriesQuery } from '../deliveries/deliveries.ts';
import { eventType } from '../record-events.ts';
import { checkEndpointName, checkEndpointUrl } from './endpoint-settings.ts';
import type { Endpoints } from './endpoints.ts';

const URL_MESSAGE = 'an absolute https:// URL of at most 2,000 characters';
const TYPES = 'a list of event types, each once, or null for all';
const DESCRIPTION = 'a text of at most 200 characters';

/** The id of an endpoint in a path. */
const endpointPath = z.object({
  id: z.string().regex(/^ep_[0-9a-f]{24}$/, 'the id of an endpoint'),
});

const deliveryPath = z.object({
  id: z.string().regex(/^dlv_[0-9a-f]{32}$/, 'the id of a delivery'),
});

/** @param eventHosts same as the parameter of `checkEndpointUrl` */
function settingsSchema(eventHosts: ReadonlySet<string>) {
  return z.strictObject({
    url: z
      .string(URL_MESSAGE)
      .max(2000, URL_MESSAGE)
      .superRefine((text, context) => {
        const message = checkEndpointUrl(text, eventHosts);
        if (message !== null) context.addIssue({ code: 'custom', message });
      })
      .transform((text) => new URL(text).href),
    description: z
      .string(DESCRIPTION)
      // PostgreSQL rejects NUL in text.
      .regex(/^[^\0]{0,200}$/, DESCRIPTION)
      .refine((text) => text.isWellFormed(), DESCRIPTION),
    types: z
      .array(eventType, TYPES)
      .min(1, TYPES)
      .refine((types) => new Set(types).size === types.length, TYPES)
      .nullable(),
  });
}

/** `/api/v1/endpoints`, for admins: the endpoints that events are sent to, and their deliveries. */
export function createEndpointsRouter(deps: {
  endpoints: Endpoints;
  deliveries: Deliveries;
  eventHosts: ReadonlySet<string>;
  requireRole: RequireRole;
}): Router {
  const { endpoints, deliveries, eventHosts, requireRole } = deps;
  const settings = settingsSchema(eventHosts);
  const { url, description, types } = settings.shape;
  const newEndpoint = settings.extend({
    description: description.default(''),
    types: types.default(null),
  });
  const changes = z.strictObject({
    url: url.exactOptional(),
    description: description.exactOptional(),
    types: types.exactOptional(),
    state: z.enum(EndpointState, { error: 'active or paused' }).exactOptional(),
  });
  const admin = requireRole('admin');
  const idOf = (request: Request) => validate(endpointPath, request.params).id;

  async function requireAllowedHost(url: string): Promise<void> {
    const message = await checkEndpointName(url, eventHosts);
    if (message === null) return;
    throw new AppError('invalid_request', 'Not valid: url.', {
      fields: [{ field: 'url', message }],
    });
  }

  return createResourceRouter({
    '/api/v1/endpoints': {
      get: [
        admin,
        noQuery,
        async (_request, response) => {
          response.json({ items: await endpoints.list() });
        },
      ],
      post: [
        admin,
        noQuery,
        jsonBody,
        async (request, response) => {
          const wanted = validate(newEndpoint, request.body ?? {});
          await requireAllowedHost(wanted.url);
          const made = await endpoints.create(wanted, callerOf(response).name);
          request.log.info({ endpointId: made.id }, 'events endpoint created');
          response
            .status(201)
            .location(`/api/v1/endpoints/${made.id}`)
            .set('Cache-Control', 'no-store')
            .json(made);
        },
      ],
    },
    '/api/v1/endpoints/:id': {
      get: [
        admin,
        noQuery,
        async (request, response) => {
          response.json(await endpoints.find(idOf(request)));
        },
      ],
      patch: [
        admin,
        noQuery,
        jsonBody,
        async (request, response) => {
          const id = idOf(request);
          const wanted = validate(changes, request.body ?? {});
          if (wanted.url !== undefined) await requireAllowedHost(wanted.url);
          response.json(await endpoints.change(id, wanted, callerOf(response).name));
          request.log.info({ endpointId: id }, 'events endpoint changed');
        },
      ],
      delete: [
        admin,
        noQuery,
        async (request, response) => {
          const id = idOf(request);
          await endpoints.remove(id, callerOf(response).name);
          request.log.info({ endpointId: id }, 'events endpoint deleted');
          response.status(204).end();
        },
      ],
    },
    '/api/v1/endpoints/:id/rotate-secret': {
      post: [
        admin,
        noQuery,
        async (request, response) => {
          const id = idOf(request);
          const rotated = await endpoints.rotateSecret(id, callerOf(response).name);
          request.log.info({ endpointId: id }, 'secret of an events endpoint rotated');
          response.set('Cache-Control', 'no-store').json(rotated);
        },
      ],
    },
    '/api/v1/endpoints/:id/deliveries': {
      get: [
        admin,
        async (request, response) => {
          const id = idOf(request);
          response.json(await deliveries.list(id, validate(deliveriesQuery, request.query)));
        },
      ],
    },
    '/api/v1/deliveries/:id/resend': {
      post: [
        admin,
        noQuery,
        async (request, response) => {
          const { id } = validate(deliveryPath, request.params);
          const item = await deliveries.resend(id);
          request.log.info({ deliveryId: id }, 'event resent manually');
          response.status(202).json(item);
        },
      ],
    },
  });
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
