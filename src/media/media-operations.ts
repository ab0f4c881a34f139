import { z } from 'zod';
import { ACCEPTED_HEADERS } from '../http/accepted.ts';
import { count, instant } from '../http/fields.ts';
import { defineOperation } from '../http/operation.ts';
import { importedAddress, mediaSid, messageSid } from '../twilio/address-fields.ts';

const MAX_FILES = 20;

const MAX_CHARACTERS = 4000;

// Before there was MMS a time is a mistake; clocks that are a little ahead are not.
const EARLIEST = new Date('2000-01-01T00:00:00Z');
const CLOCK_SKEW_MS = 5 * 60_000;

const form = z.strictObject({
  from: importedAddress.describe(
    'The sender: a number in E.164 form, a short code, or an address on a channel such as ' +
      '`whatsapp:+15551234567`.',
  ),
  to: importedAddress.describe('The recipient, in the same form.'),
  body: z
    .string()
    .max(MAX_CHARACTERS, `at most ${MAX_CHARACTERS} characters`)
    .refine((value) => !value.includes('\0'), 'no NUL characters')
    // PostgreSQL rejects lone surrogates in JSON, in which rows are inserted.
    .transform((value) => value.toWellFormed())
    .default('')
    .describe('The text of the message.'),
  receivedAt: instant
    .refine((time) => time >= EARLIEST, 'not before 2000-01-01')
    .refine((time) => time.getTime() <= Date.now() + CLOCK_SKEW_MS, 'not in the future')
    .optional()
    .describe('When it was originally received, from 2000-01-01 to now; default now.'),
});

const params = z.object({ sid: mediaSid });

/** Operations that import attachments, or fetch them again. */
export const mediaOperations = {
  importMedia: defineOperation({
    id: 'importMedia',
    method: 'post',
    path: '/api/v1/media',
    tag: 'media',
    summary: 'Import files as one message',
    description:
      'Answers when everything is committed; previews follow. Nothing is kept of an upload that is refused.',
    access: 'moderator',
    isIdempotent: true,
    form: {
      fields: form,
      files: {
        name: 'files',
        most: MAX_FILES,
        description: 'Each may have `capabilities.mediaMaxBytes` of `whoami`: by default 100 MiB.',
      },
    },
    answers: {
      201: {
        description: 'Committed.',
        headers: { Location: 'The message.' },
        body: z.strictObject({
          messageSid,
          items: z
            .array(z.strictObject({ sid: mediaSid, index: count }))
            .describe('In the order of the files.'),
        }),
      },
    },
  }),
  retryMedia: defineOperation({
    id: 'retryMedia',
    method: 'post',
    path: '/api/v1/media/{sid}/retry',
    tag: 'media',
    summary: 'Fetch a failed attachment again',
    description:
      'Attachments are retried automatically for about a day; after that each request is a single try. ' +
      '`conflict`: it has not failed, or came without a URL.',
    access: 'moderator',
    params,
    answers: {
      202: {
        description: 'It is fetched as soon as a worker is free.',
        headers: ACCEPTED_HEADERS,
        body: z.strictObject({ sid: mediaSid, state: z.literal('pending') }),
      },
    },
    problems: ['not_found', 'media_deleted', 'conflict'],
  }),
  retryFailedMedia: defineOperation({
    id: 'retryFailedMedia',
    method: 'post',
    path: '/api/v1/media/retry',
    tag: 'media',
    summary: 'Fetch all failed attachments again',
    description: 'Those that came with a URL.',
    access: 'moderator',
    body: z.strictObject({
      since: instant.optional().describe('Only of messages received since.'),
    }),
    bodyExample: { since: '2026-11-01' },
    answers: {
      202: {
        description: 'They are fetched as soon as a worker is free.',
        headers: ACCEPTED_HEADERS,
        body: z.strictObject({ retried: count }),
      },
    },
  }),
};
