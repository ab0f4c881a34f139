import { z } from 'zod';
import { ReconciliationState } from '../generated/prisma/client.ts';
import { ACCEPTED_HEADERS } from '../http/accepted.ts';
import { datedCursor } from '../http/dated-cursor.ts';
import { count, instant, time } from '../http/fields.ts';
import { defineOperation } from '../http/operation.ts';
import { pageAnswer, pageLimit } from '../http/paging.ts';
import { accountSid, messageSid, recipientAddress } from '../twilio/address-fields.ts';

const body = z
  .strictObject({
    since: instant.describe('Sent at or after this time.'),
    until: instant.optional().describe('Sent until this time; default now.'),
    to: recipientAddress.optional().describe('Only messages to this address.'),
    dryRun: z.boolean('true or false').default(false).describe('Only counts what is missing.'),
  })
  .transform((request, context) => {
    const now = new Date();
    const { since, until = now } = request;
    if (since >= now) {
      context.addIssue({ code: 'custom', path: ['since'], message: 'a time in the past' });
    } else if (until <= since) {
      context.addIssue({ code: 'custom', path: ['until'], message: 'a time after since' });
    }
    return { ...request, until, to: request.to ?? null };
  });

const id = z.uuid('the id of a reconciliation');

const reconciliationSchema = z
  .strictObject({
    id,
    state: z.enum(ReconciliationState),
    since: time,
    until: time,
    to: z.string().nullable().describe('Only messages to this address; null for all.'),
    dryRun: z.boolean(),
    progress: z
      .number()
      .min(0)
      .max(1)
      .describe(
        'The covered part of the time range: Twilio does not report the number of messages.',
      ),
    listed: count.describe('Messages with media at Twilio so far.'),
    missing: count.describe('Of them not here: `takenIn` and `failed`; in a dry run all.'),
    takenIn: count,
    failed: count.describe('Could not be read, or their media are not all listed yet.'),
    error: z
      .string()
      .nullable()
      .describe('Why accounts could not be read, or, while it runs, what it waits for.'),
    missingSids: z.array(messageSid).describe('Of a dry run, the first 100.'),
    createdAt: time,
    endedAt: time.nullable(),
  })
  .meta({ id: 'Reconciliation', description: 'Counts are of all accounts together.' });

export type ReconciliationItem = z.output<typeof reconciliationSchema>;

const listQuery = z.strictObject({
  limit: pageLimit(200, 50),
  cursor: datedCursor.optional().describe('`nextCursor` of the page before.'),
});

const sweepSchema = z
  .strictObject({
    accountSid,
    sweptUntil: time
      .nullable()
      .describe('When the last complete sweep began; null before the first one.'),
    failedAt: time.nullable().describe('When the last sweep failed; null if it did not.'),
    error: z.string().nullable().describe('Why.'),
  })
  .meta({ id: 'Sweep', description: 'The last regular comparison with Twilio’s list.' });

export type ReconciliationListQuery = z.output<typeof listQuery>;
export type SweepItem = z.output<typeof sweepSchema>;

const tag = 'administration';

/** Operations that take in, by a job, the messages that Twilio has and that did not arrive here. */
export const reconciliationOperations = {
  listReconciliations: defineOperation({
    id: 'listReconciliations',
    method: 'get',
    path: '/api/v1/reconciliations',
    tag,
    summary: 'List reconciliations',
    description: 'Newest first.',
    access: 'admin',
    query: listQuery,
    answers: { 200: pageAnswer(reconciliationSchema) },
  }),
  listSweeps: defineOperation({
    id: 'listSweeps',
    method: 'get',
    path: '/api/v1/reconciliations/sweeps',
    tag,
    summary: 'Show the last sweep of each account',
    description:
      'Of those accounts that are configured. A sweep runs by itself every `RECONCILE_INTERVAL_MINUTES`.',
    access: 'admin',
    answers: {
      200: {
        description: 'By account.',
        body: z.strictObject({
          intervalMinutes: count.describe('0 when no sweeps run.'),
          items: z.array(sweepSchema),
        }),
      },
    },
  }),
  createReconciliation: defineOperation({
    id: 'createReconciliation',
    method: 'post',
    path: '/api/v1/reconciliations',
    tag,
    summary: 'Take in messages with media that did not arrive',
    access: 'admin',
    body,
    bodyExample: { since: '2026-11-01', dryRun: true },
    answers: {
      202: {
        description: 'A job does it.',
        headers: {
          Location: 'The reconciliation, which shows its progress.',
          ...ACCEPTED_HEADERS,
        },
        body: reconciliationSchema,
      },
    },
  }),
  showReconciliation: defineOperation({
    id: 'showReconciliation',
    method: 'get',
    path: '/api/v1/reconciliations/{id}',
    tag,
    summary: 'Show the progress of a reconciliation',
    access: 'admin',
    params: z.object({ id }),
    answers: { 200: { description: 'The reconciliation.', body: reconciliationSchema } },
    problems: ['not_found'],
  }),
};
