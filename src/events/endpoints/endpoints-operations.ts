import { z } from 'zod';
import { EndpointState } from '../../generated/prisma/client.ts';
import { createdCursor } from '../../http/created-page.ts';
import { count, dryRunParameter, time } from '../../http/fields.ts';
import { defineOperation } from '../../http/operation.ts';
import { pageAnswer, pageLimit } from '../../http/paging.ts';
import { eventType } from '../event-schemas.ts';

const URL_MESSAGE = 'an absolute https:// URL of at most 2,000 characters';
const TYPES = 'a list of event types, each once, or null for all';
const DESCRIPTION = 'a text of at most 200 characters';

export const endpointId = z.string().regex(/^ep_[0-9a-f]{24}$/, 'the id of an endpoint');

const secret = z.string().describe('For verifying signatures (Standard Webhooks): `whsec_…`.');

/** Which URLs may be used depends on the configuration: the router checks that. */
const url = z
  .string(URL_MESSAGE)
  .max(2000, URL_MESSAGE)
  .describe('`https://`, at public addresses; `EVENT_HOSTS` allows others.');

const description = z
  .string(DESCRIPTION)
  // PostgreSQL rejects NUL in text.
  .regex(/^[^\0]{0,200}$/, DESCRIPTION)
  .refine((text) => text.isWellFormed(), DESCRIPTION);

const types = z
  .array(eventType, TYPES)
  .min(1, TYPES)
  .refine((types) => new Set(types).size === types.length, TYPES)
  .meta({ uniqueItems: true })
  .nullable()
  .describe('The event types that it gets, each once; null for all, also future ones.');

const newEndpoint = z.strictObject({
  url,
  description: description.default(''),
  types: types.default(null),
});

const changes = z.strictObject({
  url: url.exactOptional(),
  description: description.exactOptional(),
  types: types.exactOptional(),
  state: z
    .enum(EndpointState, { error: 'active or paused' })
    .exactOptional()
    .describe('`active` resumes a paused endpoint: pending events are sent.'),
});

const endpointSchema = z
  .strictObject({
    id: endpointId,
    url: z.url(),
    description: z.string(),
    types: z.array(z.string()).nullable().describe('Null for all.'),
    state: z.enum(EndpointState),
    pausedReason: z.string().nullable(),
    pausedAt: time.nullable(),
    failingSince: time
      .nullable()
      .describe('The first failure without a later success; null if an admin has paused it.'),
    previousSecretUntil: time
      .nullable()
      .describe('Until then events are signed with the previous secret, too.'),
    createdAt: time,
  })
  .meta({ id: 'Endpoint', description: 'Where events are sent, without its secrets.' });

const listQuery = z.strictObject({
  limit: pageLimit(200, 50),
  cursor: createdCursor(endpointId).optional().describe('`nextCursor` of the page before.'),
});

export type EndpointItem = z.output<typeof endpointSchema>;
export type EndpointListQuery = z.output<typeof listQuery>;

const params = z.object({ id: endpointId });
const tag = 'events';

/** Operations with the endpoints that events are sent to. */
export const endpointOperations = {
  listEndpoints: defineOperation({
    id: 'listEndpoints',
    method: 'get',
    path: '/api/v1/endpoints',
    tag,
    summary: 'List endpoints',
    description: 'Oldest first.',
    access: 'admin',
    query: listQuery,
    answers: {
      200: pageAnswer(endpointSchema),
    },
  }),
  createEndpoint: defineOperation({
    id: 'createEndpoint',
    method: 'post',
    path: '/api/v1/endpoints',
    tag,
    summary: 'Create an endpoint',
    description: 'Its secret is shown only here.',
    access: 'admin',
    body: newEndpoint,
    bodyExample: { url: 'https://moderation.example.com/hook', types: ['media.stored'] },
    answers: {
      201: {
        description: 'The endpoint with its secret.',
        headers: { Location: 'The endpoint.' },
        body: endpointSchema.extend({ secret }).meta({ id: 'NewEndpoint' }),
      },
    },
  }),
  showEndpoint: defineOperation({
    id: 'showEndpoint',
    method: 'get',
    path: '/api/v1/endpoints/{id}',
    tag,
    summary: 'Show an endpoint',
    access: 'admin',
    params,
    answers: { 200: { description: 'The endpoint.', body: endpointSchema } },
    problems: ['not_found'],
  }),
  changeEndpoint: defineOperation({
    id: 'changeEndpoint',
    method: 'patch',
    path: '/api/v1/endpoints/{id}',
    tag,
    summary: 'Change, pause or resume an endpoint',
    access: 'admin',
    params,
    body: changes,
    bodyExample: { state: 'active' },
    answers: { 200: { description: 'The endpoint, as it is now.', body: endpointSchema } },
    problems: ['not_found'],
  }),
  deleteEndpoint: defineOperation({
    id: 'deleteEndpoint',
    method: 'delete',
    path: '/api/v1/endpoints/{id}',
    tag,
    summary: 'Delete an endpoint and its deliveries',
    access: 'admin',
    params,
    query: z.strictObject({ dryRun: dryRunParameter }),
    answers: {
      200: {
        description: 'With `dryRun=true`: what would be deleted with it.',
        body: z.strictObject({
          dryRun: z.literal(true),
          deliveries: count,
          pending: count.describe('Of these: not delivered yet.'),
        }),
      },
      204: { description: 'Deleted.' },
    },
    problems: ['not_found'],
  }),
  rotateSecret: defineOperation({
    id: 'rotateSecret',
    method: 'post',
    path: '/api/v1/endpoints/{id}/rotate-secret',
    tag,
    summary: 'Make a new secret',
    description: 'For a day events are signed with both secrets.',
    access: 'admin',
    params,
    answers: {
      200: {
        description: 'The new secret, which is shown only here.',
        body: z.strictObject({ secret, previousSecretUntil: time }),
      },
    },
    problems: ['not_found'],
  }),
};
