import { z } from 'zod';
import { ACCEPTED_HEADERS } from '../../http/accepted.ts';
import { defineOperation } from '../../http/operation.ts';
import { pageAnswer } from '../../http/paging.ts';
import {
  bulkActSchema,
  bulkItemSchema,
  bulkItemsQuery,
  bulkListQuery,
  bulkPath,
  bulkRequest,
  bulkTotals,
} from './bulk-schemas.ts';

const tag = 'bulk acts';

/** Operations on bulk acts. */
export const bulkOperations = {
  listBulkActs: defineOperation({
    id: 'listBulkActs',
    method: 'get',
    path: '/api/v1/bulk',
    tag,
    summary: 'List bulk acts',
    description: 'Newest first. They are removed 30 days after they have ended.',
    access: 'moderator',
    query: bulkListQuery,
    answers: {
      200: pageAnswer(bulkActSchema),
    },
  }),
  beginBulkAct: defineOperation({
    id: 'beginBulkAct',
    method: 'post',
    path: '/api/v1/bulk',
    tag,
    summary: 'Decide about many attachments, delete or scan them',
    description:
      'On a selection of `sids`, on a `filter` with the fields of the list, or on a `queue`. The selection is fixed at the ' +
      'time of the request. What somebody else works on is left alone. `scan` needs a classifier.',
    access: 'moderator',
    isIdempotent: true,
    body: bulkRequest,
    // Ten thousand sids.
    bodyLimit: '512kb',
    bodyExample: { action: 'hold', filter: { contentType: 'video/' }, dryRun: true },
    answers: {
      200: {
        description: 'With `dryRun`: what it would do.',
        body: z.strictObject({ dryRun: z.literal(true), ...bulkTotals }),
      },
      202: {
        description: 'A job does the work.',
        headers: {
          Location: 'The act, which shows its progress.',
          ...ACCEPTED_HEADERS,
        },
        body: bulkActSchema,
      },
    },
    problems: ['conflict', 'second_reviewer_needed'],
  }),
  showBulkAct: defineOperation({
    id: 'showBulkAct',
    method: 'get',
    path: '/api/v1/bulk/{id}',
    tag,
    summary: 'Show the progress of a bulk act',
    access: 'moderator',
    params: bulkPath,
    answers: { 200: { description: 'The act.', body: bulkActSchema } },
    problems: ['not_found'],
  }),
  listBulkItems: defineOperation({
    id: 'listBulkItems',
    method: 'get',
    path: '/api/v1/bulk/{id}/items',
    tag,
    summary: 'List the attachments of a bulk act, with the outcome of each',
    description: 'In the order of their sids.',
    access: 'moderator',
    params: bulkPath,
    query: bulkItemsQuery,
    answers: {
      200: pageAnswer(bulkItemSchema),
    },
    problems: ['not_found'],
  }),
  cancelBulkAct: defineOperation({
    id: 'cancelBulkAct',
    method: 'post',
    path: '/api/v1/bulk/{id}/cancel',
    tag,
    summary: 'Cancel a bulk act',
    description:
      'Its maker and admins can. Skips what is still to be processed, except a delete in progress; completed work stays.',
    access: 'moderator',
    params: bulkPath,
    answers: { 200: { description: 'It is cancelled.', body: bulkActSchema } },
    // `forbidden`: the act of somebody else.
    problems: ['not_found', 'conflict', 'forbidden'],
  }),
  undoBulkAct: defineOperation({
    id: 'undoBulkAct',
    method: 'post',
    path: '/api/v1/bulk/{id}/undo',
    tag,
    summary: 'Undo a bulk decision',
    description:
      'Puts back what stood before it, of all that it has changed and nobody has decided about since. The undo is a ' +
      'bulk act of its own, which shows its progress and may be cancelled; what it leaves can be undone again. A delete ' +
      'or a scan cannot be undone.',
    access: 'moderator',
    isIdempotent: true,
    params: bulkPath,
    answers: {
      202: {
        description: 'A job does the work.',
        headers: { Location: 'The undo, which shows its progress.', ...ACCEPTED_HEADERS },
        body: bulkActSchema,
      },
    },
    problems: ['not_found', 'conflict'],
  }),
};
