import { z } from 'zod';
import { flagParameter } from '../http/fields.ts';
import { defineOperation } from '../http/operation.ts';
import { pageAnswer } from '../http/paging.ts';
import {
  claimedSchema,
  claimListQuery,
  claimPath,
  escalateBody,
  nextBody,
  oneBody,
} from './claim-requests.ts';
import { claimSchema } from './claim-schemas.ts';
import { queueItemSchema, queueItemsQuery, queuePath, queuesAnswer } from './queue-schemas.ts';

const tag = 'queues';

/** Operations on queues of attachments, and on claims: who works on which. */
export const deskOperations = {
  listQueues: defineOperation({
    id: 'listQueues',
    method: 'get',
    path: '/api/v1/queues',
    tag,
    summary: 'List the queues',
    description:
      '`held`: stored and held. `quarantined`: by a rule or the classifier, and not confirmed. `reported`: with an ' +
      'open report. `failed`: whose fetch was given up. `escalated`: somebody else should decide; these are in no ' +
      'other queue.',
    access: 'moderator',
    answers: { 200: { description: 'All of them.', body: queuesAnswer } },
  }),
  listQueueItems: defineOperation({
    id: 'listQueueItems',
    method: 'get',
    path: '/api/v1/queues/{name}/items',
    tag,
    summary: 'List the attachments in a queue',
    description: 'What waits longest comes first.',
    access: 'moderator',
    params: queuePath,
    query: queueItemsQuery,
    answers: { 200: pageAnswer(queueItemSchema) },
  }),
  claimNext: defineOperation({
    id: 'claimNext',
    method: 'post',
    path: '/api/v1/claims/next',
    tag,
    summary: 'Take the next attachment of a queue',
    description:
      'The one that waits longest of those that nobody has, and that the caller has not skipped within ten minutes or ' +
      'escalated. It replaces the claim of the same queue that the caller has in this session.',
    access: 'moderator',
    body: nextBody,
    bodyExample: { queue: 'held', filter: { contentType: 'image/' } },
    answers: {
      201: { description: 'It is taken.', body: claimedSchema },
      204: { description: 'There is none. A claim that the caller has stays.' },
    },
  }),
  claimOne: defineOperation({
    id: 'claimOne',
    method: 'post',
    path: '/api/v1/claims',
    tag,
    summary: 'Take an attachment of a queue',
    description:
      'Also one that the caller has skipped. `conflict`: somebody has it, or it is not in the queue.',
    access: 'moderator',
    body: oneBody,
    answers: { 201: { description: 'It is taken.', body: claimedSchema } },
    problems: ['not_found', 'media_deleted', 'conflict'],
  }),
  listClaims: defineOperation({
    id: 'listClaims',
    method: 'get',
    path: '/api/v1/claims',
    tag,
    summary: 'List who works on what',
    description: 'The active ones, oldest first.',
    access: 'moderator',
    query: claimListQuery,
    answers: { 200: pageAnswer(claimSchema) },
  }),
  showClaim: defineOperation({
    id: 'showClaim',
    method: 'get',
    path: '/api/v1/claims/{id}',
    tag,
    summary: 'Show a claim',
    description: 'For some days after its end, too: with what has ended it.',
    access: 'moderator',
    params: claimPath,
    answers: { 200: { description: 'The claim.', body: claimSchema } },
    problems: ['not_found'],
  }),
  extendClaim: defineOperation({
    id: 'extendClaim',
    method: 'post',
    path: '/api/v1/claims/{id}/extend',
    tag,
    summary: 'Extend a claim',
    description: 'From now on it lasts as long as a new one. `conflict` says what has ended it.',
    access: 'moderator',
    params: claimPath,
    answers: { 200: { description: 'It is extended.', body: claimSchema } },
    problems: ['not_found', 'conflict'],
  }),
  releaseClaim: defineOperation({
    id: 'releaseClaim',
    method: 'delete',
    path: '/api/v1/claims/{id}',
    tag,
    summary: 'Release a claim',
    description: 'The attachment is offered again. Admins may release those of others.',
    access: 'moderator',
    params: claimPath,
    query: z.strictObject({
      skipped: flagParameter.describe(
        'It is hard to judge: this is counted, and for ten minutes it is offered only to others.',
      ),
    }),
    answers: { 204: { description: 'Released.' } },
    problems: ['not_found', 'conflict'],
  }),
  escalateClaim: defineOperation({
    id: 'escalateClaim',
    method: 'post',
    path: '/api/v1/claims/{id}/escalate',
    tag,
    summary: 'Let somebody else decide',
    description:
      'The attachment moves to the queue `escalated`, and is offered only to others. A decision ends that.',
    access: 'moderator',
    params: claimPath,
    body: escalateBody,
    bodyExample: { reason: 'is this a known case?' },
    answers: { 200: { description: 'The claim, which has ended.', body: claimSchema } },
    problems: ['not_found', 'conflict'],
  }),
};
