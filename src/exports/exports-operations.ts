import { ACCEPTED_HEADERS } from '../http/accepted.ts';
import { defineOperation } from '../http/operation.ts';
import { pageAnswer } from '../http/paging.ts';
import { CONTENT_RANGE, RANGE_REQUEST_HEADERS } from '../http/send-range.ts';
import { exportListQuery, exportPath, exportRequest, exportSchema } from './export-schemas.ts';

const tag = 'media';

const ARCHIVE_HEADERS = {
  ETag: 'Changes with the bytes.',
  'Accept-Ranges': '`bytes`',
  'Content-Disposition': '`attachment`, with a file name.',
};

/** Operations on exports of selections. */
export const exportOperations = {
  listExports: defineOperation({
    id: 'listExports',
    method: 'get',
    path: '/api/v1/exports',
    tag,
    summary: 'List exports',
    description: 'Newest first: those of the caller, for admins all.',
    access: 'viewer',
    query: exportListQuery,
    answers: { 200: pageAnswer(exportSchema) },
  }),
  createExport: defineOperation({
    id: 'createExport',
    method: 'post',
    path: '/api/v1/exports',
    tag,
    summary: 'Export a selection of attachments as a zip',
    description:
      'A selection of `sids`, or a `filter` with the fields of the list; at most 10,000 attachments and 64 GiB. ' +
      'With `reveal` the audit log has a `media.reveal` for each that is held back and in the zip. The ' +
      'selection is fixed at the time of the request. A job checks the files; then the zip can be downloaded ' +
      'until the export expires. One more than 20 of the caller removes ' +
      'the oldest; 409 while 20 are being made.',
    access: 'viewer',
    isIdempotent: true,
    body: exportRequest,
    // Ten thousand sids.
    bodyLimit: '512kb',
    bodyExample: { filter: { contentType: 'image/', receivedAfter: '2026-01-01' } },
    answers: {
      202: {
        description: 'A job checks the files.',
        headers: {
          Location: 'The export, which shows its progress.',
          ...ACCEPTED_HEADERS,
        },
        body: exportSchema,
      },
    },
    // `forbidden`: a filter on, or the bytes of, what the caller may not see.
    problems: ['forbidden', 'conflict'],
  }),
  showExport: defineOperation({
    id: 'showExport',
    method: 'get',
    path: '/api/v1/exports/{id}',
    tag,
    summary: 'Show the progress of an export',
    description: 'Only its maker and admins see it.',
    access: 'viewer',
    params: exportPath,
    answers: { 200: { description: 'The export.', body: exportSchema } },
    problems: ['not_found'],
  }),
  deleteExport: defineOperation({
    id: 'deleteExport',
    method: 'delete',
    path: '/api/v1/exports/{id}',
    tag,
    summary: 'Cancel or delete an export',
    description: 'Ends its job, and its downloads before their next file.',
    access: 'viewer',
    params: exportPath,
    answers: { 204: { description: 'Deleted.' } },
    problems: ['not_found'],
  }),
  downloadExport: defineOperation({
    id: 'downloadExport',
    method: 'get',
    path: '/api/v1/exports/{id}/archive',
    tag,
    summary: 'Download the zip of an export',
    description:
      'Written while it is sent, from what is stored then: `manifest.json` with the attachments and the reason ' +
      'for each that is left out, then the files, uncompressed. When one of them is deleted or held back ' +
      'meanwhile, or cannot be read, the connection is cut: the next download does not contain it. 409 while ' +
      'it is not `ready`, 403 for one of a moderator who is none any more, 404 once it has expired, 503 with more than four downloads of a key, or sixteen of all, at once.',
    access: 'viewer',
    params: exportPath,
    headers: RANGE_REQUEST_HEADERS,
    answers: {
      200: {
        description: 'The zip.',
        contentTypes: ['application/zip'],
        headers: ARCHIVE_HEADERS,
      },
      206: {
        description: 'One range.',
        contentTypes: ['application/zip'],
        headers: { ...ARCHIVE_HEADERS, ...CONTENT_RANGE },
      },
      304: { description: 'Not modified.', headers: { ETag: ARCHIVE_HEADERS.ETag } },
    },
    problems: ['forbidden', 'not_found', 'conflict', 'range_not_satisfiable'],
  }),
};
