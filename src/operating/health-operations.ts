import { z } from 'zod';
import { time } from '../http/fields.ts';
import { defineOperation } from '../http/operation.ts';
import { JOBS } from '../jobs/job-list.ts';

const part = z
  .strictObject({
    name: z
      .string()
      .describe('As in `/readyz`; besides: `webhooks`, `disk`, `clock`, `publicUrl`, `previews`.'),
    state: z
      .enum(['ok', 'degraded', 'unavailable', 'unknown'])
      .describe('`unknown`: this process cannot tell, or has no answer yet.'),
    since: time.describe('When this process first saw it in this state.'),
    meaning: z.string().describe('A sentence.'),
    detail: z.string().nullable().describe('What was found.'),
    remedy: z.string().nullable().describe('What to do; null if there is nothing to do.'),
  })
  .meta({ id: 'HealthPart' });

const healthSchema = z
  .strictObject({
    status: z
      .enum(['ready', 'degraded', 'not ready'])
      .describe('`not ready` as in `/readyz`; `degraded` when any part is not `ok`.'),
    process: z.strictObject({
      name: z.string().describe('Host name and process id of the process that answers.'),
      version: z.string(),
      roles: z.array(z.enum(['receiver', 'worker'])),
      startedAt: time,
    }),
    parts: z.array(part).describe('What does not work comes first.'),
    heartbeatAt: time.nullable().describe('When a worker of any process was last alive.'),
    lastWebhookAt: time
      .nullable()
      .describe('When the last message came in by a webhook; null if none of the last 100 did.'),
    dueJobs: z
      .array(
        z.strictObject({
          name: z.enum(Object.keys(JOBS)),
          oldestDueAt: time.describe('Since when the oldest one is due.'),
        }),
      )
      .describe('Kinds of jobs that wait for a worker, what waits longest first.'),
  })
  .meta({ id: 'Health' });

export type Health = z.output<typeof healthSchema>;
export type HealthPart = Health['parts'][number];

export const healthOperations = {
  showHealth: defineOperation({
    id: 'showHealth',
    method: 'get',
    path: '/api/v1/health',
    tag: 'monitoring',
    summary: 'Show the state of every part in words, and what to do',
    description:
      'What `/readyz` tells of the process that answers, and what `doctor` can check inside of it. The clock and the ' +
      'public URL are checked every five minutes, everything else at most once a second.',
    access: 'admin',
    answers: { 200: { description: 'The state.', body: healthSchema } },
  }),
};
