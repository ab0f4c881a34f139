import { defineOperation } from '../../http/operation.ts';
import { pageAnswer } from '../../http/paging.ts';
import { actListQuery, actPath, actRequest, actSchema } from './act-schemas.ts';

const tag = 'moderation';

/** Operations on decisions, deletions and blocks that go out after some seconds. */
export const actOperations = {
  createAct: defineOperation({
    id: 'createAct',
    method: 'post',
    path: '/api/v1/acts',
    tag,
    summary: 'Decide about an attachment, delete it, or block by it, so that it can be taken back',
    description:
      'The server does it after `delaySeconds`, unless it is cancelled before: also when the client is gone by ' +
      'then. Until that moment nothing changes. 409 `conflict` with `Location` when another act on the attachment waits; a block ' +
      'and a decision may both wait.',
    access: 'moderator',
    isIdempotent: true,
    body: actRequest,
    bodyExample: {
      mediaSid: 'MEd42833102d6a311859df02ec400b8b07',
      act: 'quarantine',
      expected: 'held',
      reasonCode: 'spam',
    },
    answers: {
      201: {
        description: 'It waits.',
        headers: { Location: 'The act, which shows its outcome.' },
        body: actSchema,
      },
    },
    problems: ['not_found', 'media_deleted', 'media_not_stored', 'decided_meanwhile', 'conflict'],
  }),
  listActs: defineOperation({
    id: 'listActs',
    method: 'get',
    path: '/api/v1/acts',
    tag,
    summary: 'List acts',
    description:
      'Newest first: those of the caller, for admins all. They are removed 30 days after they have ended.',
    access: 'moderator',
    query: actListQuery,
    answers: { 200: pageAnswer(actSchema) },
  }),
  showAct: defineOperation({
    id: 'showAct',
    method: 'get',
    path: '/api/v1/acts/{id}',
    tag,
    summary: 'Show the outcome of an act',
    access: 'moderator',
    params: actPath,
    answers: { 200: { description: 'The act.', body: actSchema } },
    problems: ['not_found'],
  }),
  cancelAct: defineOperation({
    id: 'cancelAct',
    method: 'delete',
    path: '/api/v1/acts/{id}',
    tag,
    summary: 'Take an act back',
    description:
      'Its maker and admins can, until it goes out. Cancelled again, it is a 204 again; 409 once it is done or has failed.',
    access: 'moderator',
    params: actPath,
    answers: { 204: { description: 'It is cancelled, and does not go out.' } },
    // `forbidden`: the act of somebody else.
    problems: ['not_found', 'conflict', 'forbidden'],
  }),
};
