import { z } from 'zod';
import { type Answer, defineOperation } from './operation.ts';

const tag = 'monitoring';

const readiness = z
  .strictObject({
    status: z.enum(['ready', 'degraded', 'not ready']),
    parts: z
      .record(z.string(), z.string())
      .describe('By name: `ok`, `degraded` or `unavailable`; with a key also why.'),
    previews: z
      .strictObject({
        kinds: z
          .record(z.string(), z.string())
          .describe('`ok`, or what this kind of preview lacks.'),
        decodersAreOffline: z.boolean().exactOptional(),
        problem: z.string().exactOptional(),
      })
      .exactOptional()
      .describe('With a key, of a process that is a worker.'),
  })
  .meta({ id: 'Readiness' });

const report = (description: string): Answer => ({ description, body: readiness });

export const monitoringOperations = {
  health: defineOperation({
    id: 'health',
    method: 'get',
    path: '/healthz',
    tag,
    summary: 'Whether the process answers',
    access: 'anyone',
    answers: {
      200: {
        description: 'The process answers.',
        body: z.strictObject({ status: z.literal('ok') }),
      },
    },
  }),
  readiness: defineOperation({
    id: 'readiness',
    method: 'get',
    path: '/readyz',
    tag,
    summary: 'The state of every part that the process needs',
    access: 'anyone',
    answers: {
      200: report('It can work; `degraded` when something needs attention.'),
      503: report('A part that it cannot work without is not available.'),
    },
  }),
  metrics: defineOperation({
    id: 'metrics',
    method: 'get',
    path: '/metrics',
    tag,
    summary: 'Metrics for Prometheus',
    access: 'anyone',
    answers: { 200: { description: 'The text format.', contentTypes: ['text/plain'] } },
    problems: ['unavailable'],
  }),
};
