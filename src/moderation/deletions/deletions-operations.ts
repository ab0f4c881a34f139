import { ACCEPTED_HEADERS } from '../../http/accepted.ts';
import { defineOperation } from '../../http/operation.ts';
import { pageAnswer } from '../../http/paging.ts';
import {
  deletionListQuery,
  deletionRecordSchema,
  deletionSchema,
  deletionTargetSchema,
  deletionPathParams as params,
  targetListQuery,
} from './deletion-schemas.ts';

const tag = 'deletions';

/** Operations that follow deletions. */
export const deletionsOperations = {
  listDeletions: defineOperation({
    id: 'listDeletions',
    method: 'get',
    path: '/api/v1/deletions',
    tag,
    summary: 'List deletions',
    description: 'Newest first.',
    access: 'moderator',
    query: deletionListQuery,
    answers: {
      200: pageAnswer(deletionSchema),
    },
  }),
  showDeletion: defineOperation({
    id: 'showDeletion',
    method: 'get',
    path: '/api/v1/deletions/{id}',
    tag,
    summary: 'Show the progress of a deletion',
    access: 'moderator',
    params,
    answers: { 200: { description: 'The deletion.', body: deletionRecordSchema } },
    problems: ['not_found'],
  }),
  listDeletionTargets: defineOperation({
    id: 'listDeletionTargets',
    method: 'get',
    path: '/api/v1/deletions/{id}/targets',
    tag,
    summary: 'List the attachments and messages of a deletion',
    description: 'All of them, done or not, in the order of their sids.',
    access: 'moderator',
    params,
    query: targetListQuery,
    answers: {
      200: pageAnswer(deletionTargetSchema),
    },
    problems: ['not_found'],
  }),
  retryDeletion: defineOperation({
    id: 'retryDeletion',
    method: 'post',
    path: '/api/v1/deletions/{id}/retry',
    tag,
    summary: 'Retry now what is left of a deletion',
    access: 'moderator',
    params,
    answers: {
      202: {
        description: 'Jobs retry it.',
        headers: {
          Location: 'The deletion, which shows its progress.',
          ...ACCEPTED_HEADERS,
        },
        body: deletionRecordSchema,
      },
    },
    problems: ['not_found', 'conflict'],
  }),
};
