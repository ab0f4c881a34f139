import { z } from 'zod';
import { Moderation } from '../generated/prisma/client.ts';
import { ACCEPTED_HEADERS } from '../http/accepted.ts';
import { count, dryRunParameter, flagParameter, reasonFields, time } from '../http/fields.ts';
import { type Answer, defineOperation } from '../http/operation.ts';
import { mediaSid, messageSid } from '../twilio/address-fields.ts';
import { decisionBody } from './decide-media.ts';
import { DELETION_SCOPES } from './deletions/record-deletion.ts';
import { PROPOSED } from './reviews/proposal-schemas.ts';

const tag = 'moderation';
const mediaParams = z.object({ sid: mediaSid });
const messageParams = z.object({ sid: messageSid });
const reasonOnly = z.strictObject(reasonFields);

const deleteQuery = z.strictObject({
  scope: z
    .enum(DELETION_SCOPES, { error: `one of ${DELETION_SCOPES.join(', ')}` })
    .default('one')
    .describe(
      '`same-bytes`: all with the same SHA-256. `message`: all of its message. `sender`: all of the same ' +
        'person in the same account, whose address must be known.',
    ),
  message: flagParameter.describe(
    'Also deletes the messages of these media, with all their attachments; with `scope=sender` also ' +
      'messages without media.',
  ),
  dryRun: dryRunParameter,
  ...reasonFields,
});

/** The answer to a delete that is complete here. */
const DELETED: Answer = {
  description: 'Deleted here; jobs delete the copies at Twilio.',
  headers: { Location: 'The deletion, which shows its progress.' },
};

/** The answer to a delete with `dryRun`. */
const COUNTED = {
  description: 'With `dryRun=true`: what would be deleted.',
  body: z.strictObject({ dryRun: z.literal(true), media: count, messages: count }),
};

const EXPECTED =
  '`expected` is the state that the moderator saw: if it has changed meanwhile, and is not the requested one, ' +
  'nothing changes (`decided_meanwhile`).';

const outcome = (sid: typeof mediaSid) =>
  z.strictObject({
    sid,
    moderation: z.enum(Moderation),
    changed: z.boolean().describe('Whether this decision changed it.'),
    decidedBy: z.string().nullable().describe('Whose decision stands.'),
    decidedAt: time.nullable(),
  });

const pinned = z.strictObject({ sid: mediaSid, pinned: z.boolean() });

/** What moderators do with one attachment or one message. */
export const moderationOperations = {
  deleteMedia: defineOperation({
    id: 'deleteMedia',
    method: 'delete',
    path: '/api/v1/media/{sid}',
    tag,
    summary: 'Delete an attachment, here and at Twilio',
    description:
      'Answers when the bytes and previews of everything in the scope are deleted here, unless another ' +
      'attachment has the same bytes. After that nothing shows it any more.\n\n' +
      'The scope is what it is at the time of the request, media that are still being fetched included. ' +
      '`media_deleted`: nothing is left in it. `unavailable` with `Location`: files could not be removed; ' +
      'they are not served any more, and the removal is retried.',
    access: 'moderator',
    params: mediaParams,
    query: deleteQuery,
    answers: {
      200: COUNTED,
      202: PROPOSED,
      204: DELETED,
    },
    problems: ['not_found', 'media_deleted'],
  }),
  decideMedia: defineOperation({
    id: 'decideMedia',
    method: 'post',
    path: '/api/v1/media/{sid}/decision',
    tag,
    summary: 'Approve, hold or quarantine an attachment',
    description: EXPECTED,
    access: 'moderator',
    params: mediaParams,
    body: decisionBody,
    bodyExample: { decision: 'hold', expected: 'visible', reasonCode: 'check' },
    answers: { 200: { description: 'What stands now.', body: outcome(mediaSid) } },
    problems: ['not_found', 'media_deleted', 'decided_meanwhile'],
  }),
  scanMedia: defineOperation({
    id: 'scanMedia',
    method: 'post',
    path: '/api/v1/media/{sid}/scan',
    tag,
    summary: 'Have the classifier look at an attachment again',
    access: 'moderator',
    params: mediaParams,
    body: reasonOnly,
    answers: {
      202: {
        description: 'A job asks the classifier; the attachment shows the verdict.',
        headers: {
          Location: 'The attachment.',
          ...ACCEPTED_HEADERS,
        },
        body: z.strictObject({ sid: mediaSid }),
      },
    },
    problems: ['not_found', 'media_deleted', 'media_not_stored', 'conflict'],
  }),
  pinMedia: defineOperation({
    id: 'pinMedia',
    method: 'put',
    path: '/api/v1/media/{sid}/pin',
    tag,
    summary: 'Exempt an attachment from retention',
    access: 'moderator',
    params: mediaParams,
    body: reasonOnly,
    answers: { 200: { description: 'It is pinned.', body: pinned } },
    problems: ['not_found', 'media_deleted'],
  }),
  unpinMedia: defineOperation({
    id: 'unpinMedia',
    method: 'delete',
    path: '/api/v1/media/{sid}/pin',
    tag,
    summary: 'Apply retention to an attachment again',
    access: 'moderator',
    params: mediaParams,
    body: reasonOnly,
    answers: { 200: { description: 'It is not pinned.', body: pinned } },
    problems: ['not_found', 'media_deleted'],
  }),
  deleteMessage: defineOperation({
    id: 'deleteMessage',
    method: 'delete',
    path: '/api/v1/messages/{sid}',
    tag,
    summary: 'Delete a message and its attachments, here and at Twilio',
    access: 'moderator',
    params: messageParams,
    query: z.strictObject({ dryRun: dryRunParameter, ...reasonFields }),
    answers: { 200: COUNTED, 204: DELETED },
    problems: ['not_found', 'message_deleted', 'second_reviewer_needed'],
  }),
  decideMessage: defineOperation({
    id: 'decideMessage',
    method: 'post',
    path: '/api/v1/messages/{sid}/decision',
    tag,
    summary: "Approve, hold or quarantine a message's text",
    description: `Its media do not change. ${EXPECTED}`,
    access: 'moderator',
    params: messageParams,
    body: decisionBody,
    bodyExample: { decision: 'hold', expected: 'visible', reasonCode: 'check' },
    answers: { 200: { description: 'What stands now.', body: outcome(messageSid) } },
    problems: ['not_found', 'message_deleted', 'decided_meanwhile'],
  }),
};
