import { z } from 'zod';
import { count } from '../http/fields.ts';
import { type Answer, defineOperation } from '../http/operation.ts';
import { AT_BUCKET } from '../http/send-range.ts';
import { accountSid, mediaSid, messageSid } from '../twilio/address-fields.ts';

// Twilio's names, types and formats [twilio_api_v2010.json of twilio/twilio-oai]. Each path also exists with
// `.xml` and without an extension, which is XML as at Twilio: except for one attachment, whose path without an
// extension is its bytes.

const tag = 'Twilio';
const ROOT = '/2010-04-01/Accounts/{AccountSid}/Messages';

const ofAccount = z.object({ AccountSid: accountSid });
const ofMessage = ofAccount.extend({ MessageSid: messageSid });
const ofMedia = ofMessage.extend({ Sid: mediaSid });

const TIME = 'RFC 2822 in GMT: `Fri, 17 Jul 2009 01:52:49 +0000`.';
const DATE = 'A date (`YYYY-MM-DD`, GMT) or an ISO 8601 time.';
const rfc2822 = z.string().describe(TIME);
const uri = z.string().describe('Relative to the host.');

const mediaSchema = z
  .strictObject({
    sid: mediaSid,
    account_sid: accountSid,
    parent_sid: messageSid.describe('The message.'),
    content_type: z.string(),
    date_created: rfc2822,
    date_updated: rfc2822,
    uri,
  })
  .meta({ id: 'TwilioMedia' });

const messageSchema = z
  .strictObject({
    sid: messageSid,
    account_sid: accountSid,
    api_version: z.string(),
    body: z.string(),
    date_created: rfc2822,
    date_sent: rfc2822,
    date_updated: rfc2822,
    direction: z.literal('inbound'),
    error_code: z.int().nullable(),
    error_message: z.string().nullable(),
    from: z.string(),
    messaging_service_sid: z.string().nullable(),
    num_media: z.string().describe('A number, as text.'),
    num_segments: z.string().describe('A number, as text.'),
    price: z.string().nullable(),
    price_unit: z.string().nullable(),
    status: z.literal('received'),
    subresource_uris: z.strictObject({ media: z.string() }),
    to: z.string(),
    uri,
  })
  .meta({ id: 'TwilioMessage' });

const paging = z.strictObject({
  end: count,
  first_page_uri: uri,
  next_page_uri: uri.nullable(),
  page: count,
  page_size: z.int().min(1).max(1000),
  previous_page_uri: uri.nullable(),
  start: count,
  uri,
});

/** Twilio's error, in JSON. */
export const twilioError = z
  .strictObject({
    code: z.int().describe('Of https://www.twilio.com/docs/api/errors.'),
    message: z.string(),
    more_info: z.url(),
    status: z.int(),
  })
  .meta({ id: 'TwilioError' });

const pageParameters = {
  PageSize: z.int().min(1).max(1000).default(50).optional(),
  Page: z.int().min(0).max(999_999).optional().describe('From 0. Follow `next_page_uri` instead.'),
  PageToken: z.string().optional().describe('Of `next_page_uri`.'),
};
const dateParameters = (name: string) => ({
  [name]: z.string().optional().describe(`On this day. ${DATE}`),
  [`${name}<`]: z.string().optional().describe(`At or before. ${DATE}`),
  [`${name}>`]: z.string().optional().describe(`At or after. ${DATE}`),
});

const json = (description: string, body: z.ZodType): Record<200, Answer> => ({
  200: { description, body },
});
const common = { tag, access: 'basic', method: 'get' } as const;

/** Twilio's Media resource, and the messages that link to it. */
export const twilioOperations = {
  listTwilioMessages: defineOperation({
    ...common,
    id: 'listTwilioMessages',
    path: `${ROOT}.json`,
    summary: 'List inbound messages as Twilio does',
    params: ofAccount,
    query: z.object({
      From: z.string().optional(),
      To: z.string().optional(),
      ...dateParameters('DateSent'),
      ...pageParameters,
    }),
    answers: json('One page.', paging.extend({ messages: z.array(messageSchema) })),
    problems: ['not_found', 'page_size_too_large'],
  }),
  showTwilioMessage: defineOperation({
    ...common,
    id: 'showTwilioMessage',
    path: `${ROOT}/{Sid}.json`,
    summary: 'Show one message as Twilio does',
    params: ofAccount.extend({ Sid: messageSid }),
    answers: json('The message.', messageSchema),
    problems: ['not_found'],
  }),
  listTwilioMedia: defineOperation({
    ...common,
    id: 'listTwilioMedia',
    path: `${ROOT}/{MessageSid}/Media.json`,
    summary: 'List the media of a message as Twilio does',
    params: ofMessage,
    query: z.object({ ...dateParameters('DateCreated'), ...pageParameters }),
    answers: json(
      'One page.',
      paging.extend({
        last_page_uri: uri,
        num_pages: count,
        total: count,
        media_list: z.array(mediaSchema),
      }),
    ),
    problems: ['not_found', 'page_size_too_large'],
  }),
  showTwilioMedia: defineOperation({
    ...common,
    id: 'showTwilioMedia',
    path: `${ROOT}/{MessageSid}/Media/{Sid}.json`,
    summary: 'Show one attachment as Twilio does',
    params: ofMedia,
    answers: json('The attachment.', mediaSchema),
    problems: ['not_found'],
  }),
  deleteTwilioMedia: defineOperation({
    ...common,
    id: 'deleteTwilioMedia',
    method: 'delete',
    path: `${ROOT}/{MessageSid}/Media/{Sid}.json`,
    summary: 'Delete an attachment, here and at Twilio',
    description: "With Twilio's credentials, or a key with the role moderator.",
    params: ofMedia,
    answers: { 204: { description: 'Deleted here; a job deletes the copy at Twilio.' } },
    problems: ['not_found', 'media_deleted', 'forbidden'],
  }),
  readTwilioMedia: defineOperation({
    ...common,
    id: 'readTwilioMedia',
    path: `${ROOT}/{MessageSid}/Media/{Sid}`,
    summary: 'Read the bytes of an attachment, as at Twilio',
    description: 'With `PUBLIC_MEDIA_URLS=true` it needs no credentials.',
    params: ofMedia,
    headers: { Range: 'One range of bytes.', 'If-None-Match': 'An `ETag`.' },
    answers: {
      200: { description: 'All bytes.', contentTypes: ['*/*'] },
      206: { description: 'One range.', contentTypes: ['*/*'] },
      304: { description: 'Not modified.' },
      307: AT_BUCKET,
    },
    problems: ['not_found', 'media_not_stored', 'range_not_satisfiable'],
  }),
};
