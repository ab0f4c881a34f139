import { z } from 'zod';
import { count, time } from '../http/fields.ts';
import { defineOperation } from '../http/operation.ts';

const seconds = z.number().min(0).nullable();

const flowSchema = z
  .strictObject({
    since: time.describe('The beginning of the first hour.'),
    hours: z
      .array(
        z.strictObject({
          at: time.describe('The beginning of the hour.'),
          messages: count.describe('Messages received.'),
          stored: count.describe('Their attachments that are or were stored.'),
          failed: count.describe('Those whose fetch was given up.'),
          waiting: count.describe('Those that are not stored yet.'),
          delay: z
            .strictObject({
              p50: seconds.describe('Of half of them it was at most this.'),
              p95: seconds,
            })
            .describe(
              'Seconds from the receipt of a message until an attachment was stored, to within 5 %; null without any.',
            ),
          refused: count.describe('Webhooks that were refused.'),
        }),
      )
      .describe(
        'Oldest first, the current one included. Attachments count in the hour of their receipt.',
      ),
  })
  .meta({ id: 'Flow', description: 'Throughput and delay by the hour.' });

const HOURS = '24 or 48';

const query = z.strictObject({
  hours: z
    .enum(['24', '48'], { error: HOURS })
    .default('24')
    .transform(Number)
    .meta({ override: { type: 'integer', enum: [24, 48], default: 24 } }),
});

export type Flow = z.output<typeof flowSchema>;
export type FlowHour = Flow['hours'][number];

export const flowOperations = {
  showFlow: defineOperation({
    id: 'showFlow',
    method: 'get',
    path: '/api/v1/operations/figures',
    tag: 'monitoring',
    summary: 'Show throughput and delay of the last hours',
    description: 'Up to some seconds old, longer where counting takes longer.',
    access: 'admin',
    query,
    answers: { 200: { description: 'The figures.', body: flowSchema } },
  }),
};
