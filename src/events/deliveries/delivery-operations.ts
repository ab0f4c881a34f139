import { z } from 'zod';
import { DeliveryState } from '../../generated/prisma/client.ts';
import { ACCEPTED_HEADERS } from '../../http/accepted.ts';
import { count, instant, time } from '../../http/fields.ts';
import { defineOperation } from '../../http/operation.ts';
import { opaqueCursor, pageAnswer, pageLimit } from '../../http/paging.ts';
import { mediaSid, messageSid } from '../../twilio/address-fields.ts';
import { endpointId } from '../endpoints/endpoints-operations.ts';
import { eventType } from '../event-schemas.ts';

const deliveryId = z.string().regex(/^dlv_[0-9a-f]{32}$/, 'the id of a delivery');

const attempt = z
  .strictObject({
    at: time,
    milliseconds: count.describe('How long it took.'),
    status: z.int().nullable().describe('Null without a response.'),
    error: z.string().nullable().describe('Why it does not count as delivered; null if it does.'),
    response: z
      .string()
      .nullable()
      .describe('The first KiB of the response; phone numbers in it are masked.'),
  })
  .meta({ id: 'DeliveryAttempt' });

const deliverySchema = z
  .strictObject({
    id: deliveryId,
    endpointId,
    eventId: z.string().describe('The `webhook-id`.'),
    type: z.string().describe('Of the event.'),
    messageSid: messageSid.nullable().describe('Null of a test event.'),
    mediaSid: mediaSid.nullable(),
    state: z.enum(DeliveryState),
    nextAttemptAt: time.nullable().describe('Only while pending.'),
    createdAt: time,
    deliveredAt: time.nullable(),
    attempts: z.array(attempt).describe('The last twenty, newest first.'),
  })
  .meta({ id: 'Delivery', description: 'One event for one endpoint.' });

const listQuery = z.strictObject({
  state: z
    .enum(DeliveryState, { error: `one of ${Object.values(DeliveryState).join(', ')}` })
    .optional(),
  cursor: opaqueCursor(z.int().min(0).transform(BigInt))
    .optional()
    .describe('`nextCursor` of the page before.'),
  limit: pageLimit(200, 50),
});

const resendRequest = z
  .strictObject({
    since: instant.describe('Deliveries that were created at or after this time.'),
    until: instant.optional().describe('And before this time; default now.'),
    types: z
      .array(eventType)
      .min(1)
      .nullable()
      .default(null)
      .describe('Only events of these types; null for all.'),
    state: z
      .enum(['delivered', 'failed'], { error: 'delivered, failed or null' })
      .nullable()
      .default(null)
      .describe('Only what was delivered, or what was given up; null for both.'),
    dryRun: z.boolean('true or false').default(false).describe('Only counts.'),
  })
  .transform(({ until = new Date(), ...request }, context) => {
    if (until <= request.since) {
      context.addIssue({ code: 'custom', path: ['until'], message: 'a time after since' });
    }
    return { ...request, until };
  });

const resendAnswer = z.strictObject({
  count: count.describe(
    'How many events match; 10,001 stands for more than can be sent again at once.',
  ),
  dryRun: z.boolean(),
});

export type ResendRequest = z.output<typeof resendRequest>;
export type DeliveryItem = z.output<typeof deliverySchema>;
export type DeliveryListQuery = z.output<typeof listQuery>;

const tag = 'events';

/** Operations with what was sent to endpoints. */
export const deliveryOperations = {
  listDeliveries: defineOperation({
    id: 'listDeliveries',
    method: 'get',
    path: '/api/v1/endpoints/{id}/deliveries',
    tag,
    summary: 'List what was sent to an endpoint',
    description: 'The newest event first.',
    access: 'admin',
    params: z.object({ id: endpointId }),
    query: listQuery,
    answers: {
      200: pageAnswer(deliverySchema),
    },
    problems: ['not_found'],
  }),
  resendDelivery: defineOperation({
    id: 'resendDelivery',
    method: 'post',
    path: '/api/v1/deliveries/{id}/resend',
    tag,
    summary: 'Send an event again',
    description:
      'With a full retry schedule, whatever its state is; not while its endpoint is paused.',
    access: 'admin',
    params: z.object({ id: deliveryId }),
    answers: {
      202: {
        description: 'A job sends it.',
        headers: {
          Location: 'The deliveries of its endpoint.',
          ...ACCEPTED_HEADERS,
        },
        body: deliverySchema,
      },
    },
    problems: ['not_found', 'conflict'],
  }),
  resendRange: defineOperation({
    id: 'resendRange',
    method: 'post',
    path: '/api/v1/endpoints/{id}/resend',
    tag,
    summary: 'Send the events of a range of time to an endpoint again',
    description:
      'Those that it was sent, as it may have lost them: with their ids, in their order, with a full retry schedule. What is ' +
      'pending is sent anyway, and test events are left out. At most 10,000 at once: count first, with `dryRun`.',
    access: 'admin',
    params: z.object({ id: endpointId }),
    body: resendRequest,
    bodyExample: { since: '2026-11-01', state: 'failed', dryRun: true },
    answers: {
      200: { description: 'Counted, in a dry run.', body: resendAnswer },
      202: {
        description: 'A job does it.',
        headers: {
          Location: 'The deliveries of the endpoint.',
          ...ACCEPTED_HEADERS,
        },
        body: resendAnswer,
      },
    },
    problems: ['not_found', 'conflict'],
  }),
  testEndpoint: defineOperation({
    id: 'testEndpoint',
    method: 'post',
    path: '/api/v1/endpoints/{id}/test',
    tag,
    summary: 'Send a test event to an endpoint',
    description:
      'An event of the type `endpoint.test`, whatever the types that the endpoint wants: signed, sent and repeated as all ' +
      'others; not while the endpoint is paused.',
    access: 'admin',
    params: z.object({ id: endpointId }),
    answers: {
      202: {
        description: 'A job sends it.',
        headers: {
          Location: 'The deliveries of the endpoint.',
          ...ACCEPTED_HEADERS,
        },
        body: deliverySchema,
      },
    },
    problems: ['not_found', 'conflict'],
  }),
};
