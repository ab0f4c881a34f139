import { z } from 'zod';
import { count, time } from '../../http/fields.ts';
import { defineOperation } from '../../http/operation.ts';
import { pageLimit } from '../../http/paging.ts';
import { REFUSAL_CAUSES } from './refusal-causes.ts';

const refusedWebhook = z
  .strictObject({
    cause: z
      .enum(REFUSAL_CAUSES)
      .describe(
        '`signed_differently`: Twilio has signed it, so a setting or a proxy is wrong. `not_examined`: the signature is ' +
          'wrong, and nobody has looked why: at most one a second is examined.',
      ),
    advice: z
      .string()
      .describe(
        'What it means and what to do: what the signature doctor says, where it was asked.',
      ),
    status: z.int().describe('The HTTP status of the last answer.'),
    count: count.describe('How many were refused in that hour.'),
    receiver: z.string().describe('Host name and process id of the receiver.'),
    hour: time.describe('The beginning of the hour.'),
    firstAt: time,
    lastAt: time,
  })
  .meta({
    id: 'RefusedWebhooks',
    description: 'Webhooks that one receiver has refused within an hour, for one cause.',
  });

const query = z.strictObject({
  limit: pageLimit(500, 100),
});

export type RefusedWebhooksItem = z.output<typeof refusedWebhook>;

export const refusedWebhooksOperations = {
  listRefusedWebhooks: defineOperation({
    id: 'listRefusedWebhooks',
    method: 'get',
    path: '/api/v1/refused-webhooks',
    tag: 'administration',
    summary: 'List the webhooks that were refused last',
    description:
      'Repeats are counted: one entry for each hour, receiver, cause and advice, what was refused last first. ' +
      'Kept for a week; up to some seconds late. Nothing of the requests themselves is kept.',
    access: 'admin',
    query,
    answers: {
      200: {
        description: 'The last ones.',
        body: z.strictObject({ items: z.array(refusedWebhook) }),
      },
    },
  }),
};
