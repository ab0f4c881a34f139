import { z } from 'zod';
import { time } from '../http/fields.ts';
import { defineOperation } from '../http/operation.ts';
import { pageAnswer } from '../http/paging.ts';
import { pageStartsQuery } from './list-query.ts';

const pageStartSchema = z
  .strictObject({
    cursor: z
      .string()
      .describe('`cursor` of the list: the page of attachments right after this one.'),
    receivedAt: time.describe('Of this attachment, the last one of the page before.'),
  })
  .meta({ id: 'MediaPageStart' });

export type PageStart = z.output<typeof pageStartSchema>;

/** Where the pages of the list of attachments begin. */
export const pageStartOperations = {
  listMediaPageStarts: defineOperation({
    id: 'listMediaPageStarts',
    method: 'get',
    path: '/api/v1/media/page-starts',
    tag: 'media',
    summary: 'List where the pages of the list of attachments begin',
    description:
      'One item for each page of `every` attachments but the first, which needs no cursor: with it any page can be ' +
      'read without those before it. Takes the filters of the list but `transcript`, and `order`; the list has to be ' +
      'asked with the same ones, and `limit` as `every`.\n\n' +
      'A page may have fewer items than `limit` although more follow: it ends early once some hundred thousand ' +
      'attachments were read for it.',
    access: 'viewer',
    query: pageStartsQuery,
    answers: { 200: pageAnswer(pageStartSchema) },
    // A filter on media that the caller may not see.
    problems: ['forbidden'],
  }),
};
