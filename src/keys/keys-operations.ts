import { z } from 'zod';
import { Role } from '../generated/prisma/client.ts';
import { createdCursor } from '../http/created-page.ts';
import { count, dryRunParameter, time } from '../http/fields.ts';
import { defineOperation } from '../http/operation.ts';
import { pageAnswer, pageLimit } from '../http/paging.ts';
import { queueName } from '../moderation/queues/queue-filter-fields.ts';
import { QUEUES } from '../moderation/queues/queues.ts';
import { recipientAddress } from '../twilio/address-fields.ts';

const name = z
  .string()
  .regex(/^[\w.-]{1,64}$/, '1 to 64 letters, digits, dots, hyphens or underscores');

// Actor names in the audit log: ADMIN_API_KEY, and the account SID for requests with an account's token.
const TAKEN = /^(ADMIN_API_KEY|AC[0-9a-f]{32})$/i;
const ownName = name.refine(
  (text) => !TAKEN.test(text),
  'a name that the audit log does not use for another actor',
);

const MAX_NUMBERS = 50;
const NUMBERS = `at most ${MAX_NUMBERS} numbers`;

/** The body of a request for a new key. */
export const newKey = z.strictObject({
  name: ownName,
  role: z.enum(Role),
  numbers: z
    .array(recipientAddress, NUMBERS)
    .max(MAX_NUMBERS, NUMBERS)
    .default([])
    .describe('Recipients of the messages that it works on, on all channels; empty for all.'),
  queues: z
    .array(queueName)
    .max(QUEUES.length)
    .default([])
    .describe('The queues that it works on; empty for all.'),
});

export type NewKey = z.output<typeof newKey>;

/** What a key works on, as answers have it. */
const work = { numbers: z.array(z.string()), queues: z.array(z.string()) };

const id = z.string().regex(/^[0-9a-f]{16}$/, 'the id of a key');

const apiKeySchema = z
  .strictObject({
    id,
    name,
    role: z.enum(Role),
    ...work,
    createdAt: time,
    lastUsedAt: time.nullable().describe('To the minute.'),
    revokedAt: time.nullable(),
  })
  .meta({ id: 'ApiKey', description: 'A key, without its secret.' });

const listQuery = z.strictObject({
  limit: pageLimit(200, 50),
  cursor: createdCursor(id).optional().describe('`nextCursor` of the page before.'),
});

export type KeyItem = z.output<typeof apiKeySchema>;
export type KeyListQuery = z.output<typeof listQuery>;

const tag = 'administration';

/** Operations with API keys: the same as `npm run cli -- keys`, while the server runs. */
export const keyOperations = {
  listKeys: defineOperation({
    id: 'listKeys',
    method: 'get',
    path: '/api/v1/keys',
    tag,
    summary: 'List API keys',
    description: 'Oldest first, revoked ones, too.',
    access: 'admin',
    query: listQuery,
    answers: {
      200: pageAnswer(apiKeySchema),
    },
  }),
  createKey: defineOperation({
    id: 'createKey',
    method: 'post',
    path: '/api/v1/keys',
    tag,
    summary: 'Create an API key',
    description:
      'Its secret is shown only here, and stored as a hash. `numbers` and `queues` sort the work of moderators: they are no ' +
      'limit to what can be read.',
    access: 'admin',
    body: newKey,
    bodyExample: { name: 'gallery', role: 'viewer' },
    answers: {
      201: {
        description: 'The key with its secret.',
        body: z
          .strictObject({
            id,
            name,
            role: z.enum(Role),
            ...work,
            secret: z.string().describe('For `Authorization: Bearer`.'),
          })
          .meta({ id: 'NewApiKey' }),
      },
    },
    problems: ['conflict'],
  }),
  revokeKey: defineOperation({
    id: 'revokeKey',
    method: 'delete',
    path: '/api/v1/keys/{name}',
    tag,
    summary: 'Revoke an API key',
    description: 'At once and permanently. Its name stays taken.',
    access: 'admin',
    params: z.object({ name }),
    query: z.strictObject({ dryRun: dryRunParameter }),
    answers: {
      200: {
        description: 'With `dryRun=true`: what would end with it.',
        body: z.strictObject({
          dryRun: z.literal(true),
          sessions: count.describe('Browsers in which somebody is signed in with it.'),
        }),
      },
      204: { description: 'Revoked.' },
    },
    problems: ['not_found'],
  }),
};
