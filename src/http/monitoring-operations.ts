import { z } from 'zod';
import { type Answer, defineOperation } from './operation.ts';

const tag = 'monitoring';

const OPERATORS =
  'For operators: `OPS_TOKEN` as a bearer token, the key or session of an admin, or, unless `TRUST_PROXY` or a ' +
  'public `PUBLIC_URL` is set, a connection from the same machine.';
const DETAILS = `Everybody sees the status. The rest is for operators. ${OPERATORS}`;

const readiness = z
  .strictObject({
    status: z.enum(['ready', 'degraded', 'not ready']),
    version: z.string().exactOptional().describe('Of mms-inbox; for operators.'),
    parts: z
      .record(z.string(), z.string())
      .exactOptional()
      .describe('By name: `ok`, `degraded` or `unavailable`, and why; for operators.'),
    previews: z
      .strictObject({
        kinds: z
          .record(z.string(), z.string())
          .describe('`ok`, or what this kind of preview lacks.'),
        decodersAreOffline: z.boolean().exactOptional(),
        problem: z.string().exactOptional(),
      })
      .exactOptional()
      .describe('Of a process that is a worker; for operators.'),
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
    summary: 'Whether the process can work',
    description: DETAILS,
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
    description: OPERATORS,
    access: 'operator',
    answers: { 200: { description: 'The text format.', contentTypes: ['text/plain'] } },
  }),
};
