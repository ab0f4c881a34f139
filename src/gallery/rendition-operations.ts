import { z } from 'zod';
import { ACCEPTED_HEADERS } from '../http/accepted.ts';
import { time } from '../http/fields.ts';
import { defineOperation } from '../http/operation.ts';
import { RANGE_REQUEST_HEADERS } from '../http/send-range.ts';
import { RENDITIONS } from '../preview/renditions/rendition-types.ts';
import {
  contentQuery,
  NOT_MODIFIED,
  PART_HEADERS,
  params,
  RANGE_HEADERS,
} from './gallery-operations.ts';

const PAGE = 'a whole number from 1 to 10000';

const query = contentQuery.extend({
  as: z.enum(RENDITIONS, { error: `one of ${RENDITIONS.join(', ')}` }).describe('The form.'),
  page: z.coerce
    .number(PAGE)
    .int(PAGE)
    .min(1, PAGE)
    .max(10_000, PAGE)
    .default(1)
    .describe('Of a PDF or TIFF, from 1.'),
});

const progress = z
  .strictObject({
    as: z.enum(RENDITIONS),
    page: z.int().min(1),
    state: z.enum(['waiting', 'running']),
    reason: z.string().nullable().describe('Why it is late, such as a full disk.'),
    requestedAt: time,
    startedAt: time.nullable().describe('Null while it waits for others.'),
  })
  .meta({ id: 'RenditionProgress' });

const RENDITION = {
  contentTypes: ['image/jpeg', 'image/webp', 'audio/*', 'video/*', 'text/*'],
  headers: RANGE_HEADERS,
} as const;

/** Operations that read renditions. */
export const renditionOperations = {
  readRendition: defineOperation({
    id: 'readRendition',
    method: 'get',
    path: '/api/v1/media/{sid}/rendition',
    tag: 'media',
    summary: 'Read an attachment in a form that every browser opens',
    description:
      '`picture`: full size, upright, sRGB or Display P3, without metadata; JPEG, or WebP with transparency or ' +
      'animation; also pages of a PDF. `audio`: AAC in MP4. `video`: H.264 and AAC in MP4, at most 1080p. `text`: ' +
      'UTF-8, or iCalendar. Sound and video that browsers play are answered with the original bytes; with ' +
      '`metadata=strip` with those of `content?metadata=strip`. All others have no metadata.\n\n' +
      'It is made when it is requested first: 202 until then. 404 `no_rendition` with the reason when there is none, ' +
      'as beyond page 50. HEAD has none made.',
    access: 'link',
    params,
    query,
    headers: RANGE_REQUEST_HEADERS,
    answers: {
      200: { ...RENDITION, description: 'All bytes.' },
      202: { description: 'It is being made.', headers: ACCEPTED_HEADERS, body: progress },
      206: {
        ...RENDITION,
        description: 'One range.',
        headers: PART_HEADERS,
      },
      304: NOT_MODIFIED,
    },
    problems: [
      'not_found',
      'media_deleted',
      'media_not_stored',
      'reveal_needed',
      'no_rendition',
      'metadata_not_removable',
      'range_not_satisfiable',
    ],
  }),
};
