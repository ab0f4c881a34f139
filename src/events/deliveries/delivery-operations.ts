import { z } from 'zod';
import { DeliveryState } from '../../generated/prisma/client.ts';
import { ACCEPTED_HEADERS } from '../../http/accepted.ts';
import { count, time } from '../../http/fields.ts';
import { defineOperation } from '../../http/operation.ts';
import { opaqueCursor, pageAnswer, pageLimit } from '../../http/paging.ts';
import { mediaSid, messageSid } from '../../twilio/address-fields.ts';
import { endpointId } from '../endpoints/endpoints-operations.ts';

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
    messageSid,
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
};
