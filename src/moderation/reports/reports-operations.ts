import { z } from 'zod';
import { reasonFields } from '../../http/fields.ts';
import { defineOperation } from '../../http/operation.ts';
import { pageAnswer } from '../../http/paging.ts';
import { mediaSid } from '../../twilio/address-fields.ts';
import { mediaReportsQuery, reportBody, reportListQuery, reportSchema } from './report-schemas.ts';

const tag = 'moderation';
const mediaParams = z.object({ sid: mediaSid });

/** Operations on reports. */
export const reportOperations = {
  reportMedia: defineOperation({
    id: 'reportMedia',
    method: 'post',
    path: '/api/v1/media/{sid}/reports',
    tag,
    summary: 'Report an attachment to the moderators',
    description:
      'Everybody may report what they may see. There is one open report of each caller: a repeated one changes ' +
      'nothing, and answers 200 with the first.',
    access: 'viewer',
    params: mediaParams,
    body: reportBody,
    bodyExample: { reason: 'This shows my front door.', reasonCode: 'private' },
    // A thousand characters of four bytes.
    bodyLimit: '16kb',
    answers: {
      200: { description: "The caller's open report of it.", body: reportSchema },
      201: { description: 'It is reported.', body: reportSchema },
    },
    problems: ['not_found', 'media_deleted'],
  }),
  listMediaReports: defineOperation({
    id: 'listMediaReports',
    method: 'get',
    path: '/api/v1/media/{sid}/reports',
    tag,
    summary: 'List the reports of an attachment',
    description: 'Newest first.',
    access: 'moderator',
    params: mediaParams,
    query: mediaReportsQuery,
    answers: { 200: pageAnswer(reportSchema) },
    problems: ['not_found', 'media_deleted'],
  }),
  listReports: defineOperation({
    id: 'listReports',
    method: 'get',
    path: '/api/v1/reports',
    tag,
    summary: 'List reports',
    description: 'Newest first. The queue `reported` has their attachments, oldest first.',
    access: 'moderator',
    query: reportListQuery,
    answers: { 200: pageAnswer(reportSchema) },
  }),
  dismissReport: defineOperation({
    id: 'dismissReport',
    method: 'post',
    path: '/api/v1/reports/{id}/dismiss',
    tag,
    summary: 'Dismiss a report',
    description:
      'Without a decision about the attachment. A decision resolves all of its reports, also when it changes nothing.',
    access: 'moderator',
    params: z.object({ id: z.uuid('the id of a report') }),
    body: z.strictObject(reasonFields),
    answers: { 200: { description: 'It is resolved.', body: reportSchema } },
    problems: ['not_found', 'conflict'],
  }),
};
