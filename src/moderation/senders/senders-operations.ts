import { z } from 'zod';
import { ACCEPTED_HEADERS } from '../../http/accepted.ts';
import { count } from '../../http/fields.ts';
import { defineOperation } from '../../http/operation.ts';
import { pageAnswer } from '../../http/paging.ts';
import {
  erasureBody,
  erasurePath,
  erasureSchema,
  exportBody,
  senderChange,
  senderListQuery,
  senderSchema,
  strikesAnswer,
  strikesQuery,
} from './sender-schemas.ts';

const tag = 'senders';

/** Operations on senders. */
export const sendersOperations = {
  listSenders: defineOperation({
    id: 'listSenders',
    method: 'get',
    path: '/api/v1/senders',
    tag,
    summary: 'List senders about whom a decision was made',
    description: 'In the order of their ids.',
    access: 'moderator',
    query: senderListQuery,
    answers: {
      200: pageAnswer(senderSchema),
    },
  }),
  updateSender: defineOperation({
    id: 'updateSender',
    method: 'put',
    path: '/api/v1/senders',
    tag,
    summary: 'Decide how future messages of a sender are handled',
    description:
      'Fields that are not given do not change. A number and its addresses on channels are one sender.',
    access: 'moderator',
    body: senderChange,
    bodyExample: { address: '+15551234567', policy: 'quarantine', note: 'sends spam' },
    bodyLimit: '32kb',
    answers: { 200: { description: 'What stands now.', body: senderSchema } },
    // Of a restriction: another moderator has to agree, which an act `block-sender` waits for.
    problems: ['second_reviewer_needed'],
  }),
  listStrikes: defineOperation({
    id: 'listStrikes',
    method: 'get',
    path: '/api/v1/senders/strikes',
    tag,
    summary: 'Count what was decided against a sender',
    description:
      'By reason code, of those with `onThird`: what counts at present. The third one has the consequence.',
    access: 'moderator',
    query: strikesQuery,
    answers: { 200: { description: 'The counts.', body: strikesAnswer } },
  }),
  exportSender: defineOperation({
    id: 'exportSender',
    method: 'post',
    path: '/api/v1/senders/export',
    tag,
    summary: 'Export everything of a sender',
    description:
      'A zip with the bytes of all stored media as `media/<sid>`, and `manifest.json` with the messages.',
    access: 'admin',
    body: exportBody,
    bodyExample: { address: '+15551234567' },
    answers: {
      200: {
        description: 'The zip, streamed.',
        contentTypes: ['application/zip'],
        headers: {
          'Cache-Control': '`no-store`.',
          'Content-Disposition': '`attachment`, with a file name.',
          'X-Media-Bytes': 'The bytes of all media: approximately the size of the zip.',
          'X-Message-Count': 'The number of messages.',
        },
      },
    },
  }),
  eraseSender: defineOperation({
    id: 'eraseSender',
    method: 'post',
    path: '/api/v1/senders/erasures',
    tag,
    summary: 'Erase everything of a sender, here and at Twilio',
    description: 'A block of the sender stays in effect, by the hash of the address alone.',
    access: 'admin',
    body: erasureBody,
    bodyExample: { address: '+15551234567', dryRun: true },
    answers: {
      200: {
        description: 'With `dryRun`: what is stored here.',
        body: z.strictObject({ dryRun: z.literal(true), messages: count, media: count }),
      },
      202: {
        description: 'A job erases it.',
        headers: {
          Location: 'The erasure, which shows its progress.',
          ...ACCEPTED_HEADERS,
        },
        body: erasureSchema,
      },
    },
  }),
  showErasure: defineOperation({
    id: 'showErasure',
    method: 'get',
    path: '/api/v1/senders/erasures/{id}',
    tag,
    summary: 'Show the progress of an erasure',
    access: 'admin',
    params: erasurePath,
    answers: { 200: { description: 'The erasure.', body: erasureSchema } },
    problems: ['not_found'],
  }),
};
