import { z } from 'zod';
import {
  FindingKind,
  RepairState,
  StoredFileKind,
  VerificationState,
} from '../generated/prisma/client.ts';
import { ACCEPTED_HEADERS } from '../http/accepted.ts';
import { datedCursor } from '../http/dated-cursor.ts';
import { count, rowNumber, time } from '../http/fields.ts';
import { defineOperation } from '../http/operation.ts';
import { NOT_A_CURSOR, pageAnswer, pageLimit } from '../http/paging.ts';

const RATE = 'bytes each second, from 100000 to 10000000000';
const flag = z.boolean('true or false').default(false);

const body = z.strictObject({
  repair: flag.describe(
    'Fetches again from Twilio what is missing or damaged, and makes thumbnails and renditions again.',
  ),
  bytesPerSecond: z
    .int(RATE)
    .min(100_000, RATE)
    .max(10_000_000_000, RATE)
    .default(20_000_000)
    .describe('How fast files are read at most.'),
  restart: flag.describe('Ends a verification that is running, and begins anew.'),
});

const id = z.uuid('the id of a verification');

const verificationSchema = z
  .strictObject({
    id,
    state: z
      .enum(VerificationState)
      .describe('`stopped`: cancelled, or ended by a request with `restart`.'),
    repair: z.boolean(),
    bytesPerSecond: count,
    progress: z.number().min(0).max(1).describe('Of reading, estimated.'),
    problem: z.string().nullable().describe('What it waits for; null while it goes on.'),
    files: count.describe('Files that were read so far: attachments, thumbnails and renditions.'),
    byteSize: count.describe('Their size in bytes.'),
    missing: count.describe('The store says that the file is not there.'),
    damaged: count.describe('Of another size or with other bytes than its row says.'),
    unreadable: count.describe('The store did not answer, or refused: the file may be whole.'),
    unknownStore: count.describe('In a store that is not configured: the file may be whole.'),
    settled: count.describe(
      'Of these: repaired since, or deleted. All is well when it is the sum of the four.',
    ),
    waiting: count.describe('Repairs that are still to be done.'),
    createdAt: time,
    readAt: time.nullable().describe('When every file was read; repairs follow.'),
    endedAt: time.nullable(),
  })
  .meta({ id: 'Verification', description: 'One run that reads every stored file.' });

const findingSchema = z
  .strictObject({
    kind: z.enum(FindingKind),
    file: z.enum(StoredFileKind),
    name: z.string().nullable().describe('The size of a thumbnail, or the form of a rendition.'),
    page: count.nullable().describe('Of a rendition.'),
    sha256: z.string().describe('Of the attachment.'),
    mediaSids: z
      .array(z.string())
      .describe('Attachments with these bytes, at most 10; none when they were deleted since.'),
    detail: z.string().nullable().describe('What the store says.'),
    repair: z.enum(RepairState),
    reason: z.string().nullable().describe('Why it is not repaired, or not yet.'),
    nextAttemptAt: time.nullable(),
    foundAt: time,
  })
  .meta({ id: 'VerificationFinding', description: 'A file that is not as its row says.' });

const listQuery = z.strictObject({
  limit: pageLimit(200, 50),
  cursor: datedCursor.optional().describe('`nextCursor` of the page before.'),
});

const findingsQuery = z.strictObject({
  limit: pageLimit(200, 50),
  cursor: rowNumber(NOT_A_CURSOR).optional().describe('`nextCursor` of the page before.'),
});

export type VerificationItem = z.output<typeof verificationSchema>;
export type FindingItem = z.output<typeof findingSchema>;
export type VerificationRequest = z.output<typeof body>;
export type VerificationListQuery = z.output<typeof listQuery>;
export type FindingsQuery = z.output<typeof findingsQuery>;

const path = '/api/v1/verifications';
const tag = 'administration';

/** Operations that compare stored files with their rows, by a job. */
export const verificationOperations = {
  listVerifications: defineOperation({
    id: 'listVerifications',
    method: 'get',
    path,
    tag,
    summary: 'List verifications',
    description: 'Newest first.',
    access: 'admin',
    query: listQuery,
    answers: { 200: pageAnswer(verificationSchema) },
  }),
  createVerification: defineOperation({
    id: 'createVerification',
    method: 'post',
    path,
    tag,
    summary: 'Verify that every stored file is whole',
    description:
      'One that is running is continued with the new `repair` and rate. So is the last one with `repair`, when it has ' +
      'ended without and has found something: nothing is read again.',
    access: 'admin',
    body,
    bodyExample: { repair: true },
    answers: {
      202: {
        description: 'A job does it.',
        headers: { Location: 'The verification, which shows its progress.', ...ACCEPTED_HEADERS },
        body: verificationSchema,
      },
    },
  }),
  showVerification: defineOperation({
    id: 'showVerification',
    method: 'get',
    path: `${path}/{id}`,
    tag,
    summary: 'Show the progress of a verification',
    access: 'admin',
    params: z.object({ id }),
    answers: { 200: { description: 'The verification.', body: verificationSchema } },
    problems: ['not_found'],
  }),
  cancelVerification: defineOperation({
    id: 'cancelVerification',
    method: 'post',
    path: `${path}/{id}/cancel`,
    tag,
    summary: 'Cancel a verification',
    description:
      'What it has found stays. The files that are being read at that moment are read to their end.',
    access: 'admin',
    params: z.object({ id }),
    answers: { 200: { description: 'It is stopped.', body: verificationSchema } },
    problems: ['not_found', 'conflict'],
  }),
  listFindings: defineOperation({
    id: 'listFindings',
    method: 'get',
    path: `${path}/{id}/findings`,
    tag,
    summary: 'List what a verification has found',
    description: 'In the order of finding. Of files that could not be read the first 1,000.',
    access: 'admin',
    params: z.object({ id }),
    query: findingsQuery,
    answers: { 200: pageAnswer(findingSchema) },
    problems: ['not_found'],
  }),
};
