import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { eventName, eventPayload } from '../events/event-schemas.ts';

const headers = z.object({
  'webhook-id': z
    .string()
    .describe(
      'Of the event: the same for every attempt to send it. Ignore an event that has arrived before.',
    ),
  'webhook-timestamp': z.string().describe('When it was sent: seconds since 1970.'),
  'webhook-signature': z
    .string()
    .describe(
      "`v1,` and the base64 HMAC-SHA-256 of `{id}.{timestamp}.{body}` with the endpoint's secret; several, " +
        'separated by spaces, for a day after the secret was rotated (Standard Webhooks).',
    ),
});

/** The events that are sent to endpoints, as OpenAPI's `webhooks`. */
export function createWebhooks(): ZodOpenApiPathsObject {
  return Object.fromEntries(
    eventPayload.options.map((schema) => {
      const { value: type } = schema.shape.type;
      const { description = '' } = schema.meta() ?? {};
      return [
        type,
        {
          post: {
            operationId: `on${eventName(type)}`,
            tags: ['events'],
            summary: description.replace(/\.$/, ''),
            description: 'Sent to the endpoints that want it.',
            security: [],
            requestParams: { header: headers },
            requestBody: { required: true, content: { 'application/json': { schema } } },
            responses: {
              '2XX': { description: 'Delivered.' },
              '4XX': { description: 'Not delivered: it is sent again.' },
            },
          },
        },
      ];
    }),
  );
}
