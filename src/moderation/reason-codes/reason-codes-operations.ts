import { defineOperation } from '../../http/operation.ts';
import { pageAnswer } from '../../http/paging.ts';
import {
  newReasonCode,
  reasonCodeChange,
  reasonCodeListQuery,
  reasonCodePath,
  reasonCodeSchema,
} from './reason-code-schemas.ts';

const tag = 'moderation';

/** Operations on the list of reason codes. */
export const reasonCodeOperations = {
  listReasonCodes: defineOperation({
    id: 'listReasonCodes',
    method: 'get',
    path: '/api/v1/reason-codes',
    tag,
    summary: 'List the reason codes',
    description: 'In the order of the codes.',
    access: 'moderator',
    query: reasonCodeListQuery,
    answers: { 200: pageAnswer(reasonCodeSchema) },
  }),
  createReasonCode: defineOperation({
    id: 'createReasonCode',
    method: 'post',
    path: '/api/v1/reason-codes',
    tag,
    summary: 'Add a reason code',
    description: 'With the first one, decisions with any other code are refused.',
    access: 'admin',
    body: newReasonCode,
    bodyExample: {
      code: 'spam',
      label: 'Advertisement',
      severity: 'low',
      defaultAct: 'quarantine',
    },
    answers: { 201: { description: 'It is in the list.', body: reasonCodeSchema } },
    problems: ['conflict'],
  }),
  updateReasonCode: defineOperation({
    id: 'updateReasonCode',
    method: 'patch',
    path: '/api/v1/reason-codes/{code}',
    tag,
    summary: 'Change a reason code',
    description: 'Fields that are not given stay as they are.',
    access: 'admin',
    params: reasonCodePath,
    body: reasonCodeChange,
    answers: { 200: { description: 'As it is now.', body: reasonCodeSchema } },
    problems: ['not_found'],
  }),
  deleteReasonCode: defineOperation({
    id: 'deleteReasonCode',
    method: 'delete',
    path: '/api/v1/reason-codes/{code}',
    tag,
    summary: 'Remove a reason code',
    description:
      'Earlier decisions keep it; new ones with it are refused, unless it was the last of the list.',
    access: 'admin',
    params: reasonCodePath,
    answers: { 204: { description: 'Removed.' } },
    problems: ['not_found'],
  }),
};
