import { z } from 'zod';
import { PreviewSize } from '../generated/prisma/client.ts';
import { reasonFields } from '../http/fields.ts';
import { type Answer, defineOperation } from '../http/operation.ts';
import { twoWayPageAnswer } from '../http/paging.ts';
import { AT_BUCKET, CONTENT_RANGE, RANGE_REQUEST_HEADERS } from '../http/send-range.ts';
import { mediaSid, messageSid } from '../twilio/address-fields.ts';
import { mediaItemSchema, mediaLinksSchema, messageItemSchema } from './item-schemas.ts';
import { mediaListQuery, mediaQuery, messageListQuery } from './list-query.ts';

/** How long links are valid, unless the caller wants another time. */
export const LINK_SECONDS = 3600;
const expiresIn = 'a whole number of seconds from 60 to 604800';
const newLinks = z.strictObject({
  expiresIn: z
    .number(expiresIn)
    .int(expiresIn)
    .min(60, expiresIn)
    .max(604_800, expiresIn)
    .default(LINK_SECONDS)
    .describe('In seconds.'),
  stripMetadata: z
    .boolean()
    .optional()
    .describe(
      'Whether `content` and `renditions` are shown without metadata, and only so. Default `LINKS_STRIP_METADATA`.',
    ),
});

/** The parameters of a signed link, which the guard verifies. */
export const linkQuery = z.strictObject({
  expires: z.string().optional().describe('Part of a signed link: when it expires.'),
  signature: z.string().optional().describe('Part of a signed link, which needs no key.'),
  reveal: z.literal('true').optional().describe('Part of a link that shows held-back media.'),
});

/** Of operations that send bytes as they came. */
export const contentQuery = linkQuery.extend({
  metadata: z
    .literal('strip', { error: 'strip' })
    .optional()
    .describe(
      'Without EXIF, XMP, places, times, comments, names and thumbnails in the file; pixels and sound stay byte for byte.',
    ),
});
const thumbnailQuery = linkQuery.extend({
  size: z
    .enum(PreviewSize, { error: 'small, medium, large or animated' })
    .default('medium')
    .describe(
      'At most 160, 480 or 1280 pixels on the longer side. `animated` moves, and has at most 480.',
    ),
  v: z
    .string()
    .max(40)
    .optional()
    .describe(
      'Means nothing here: a page that is open takes the same address for the same picture, also after a decision.',
    ),
});

export const params = z.object({ sid: mediaSid });
const tag = 'media';

const CACHE_HEADERS = {
  ETag: 'Changes with the bytes.',
  'Cache-Control': '`private, no-cache`: may be cached, and is revalidated each time.',
};
export const NOT_MODIFIED: Answer = { description: 'Not modified.', headers: CACHE_HEADERS };
const THUMBNAIL: Answer = {
  description:
    'JPEG for photographs and videos without an alpha channel, otherwise WebP. Upright, sRGB, without ' +
    'metadata. A blur (PNG) for media that are held back.',
  contentTypes: ['image/jpeg', 'image/webp', 'image/png'],
  headers: CACHE_HEADERS,
};
/** What all operations that read a thumbnail have in common. */
const THUMBNAIL_READ = {
  access: 'link',
  params,
  headers: { 'If-None-Match': 'An `ETag`: 304 when the thumbnail is the same.' },
  answers: {
    200: THUMBNAIL,
    206: { ...THUMBNAIL, description: 'One range.' },
    304: NOT_MODIFIED,
  },
  problems: [
    'not_found',
    'media_deleted',
    'media_not_stored',
    'no_preview',
    'range_not_satisfiable',
  ],
} as const;
export const RANGE_HEADERS = { ...CACHE_HEADERS, 'Accept-Ranges': '`bytes`' };
export const PART_HEADERS = { ...RANGE_HEADERS, ...CONTENT_RANGE };

/** Operations that read attachments, and make links to them. */
export const galleryOperations = {
  listMedia: defineOperation({
    id: 'listMedia',
    method: 'get',
    path: '/api/v1/media',
    tag,
    summary: 'List and filter attachments',
    description:
      'Newest or oldest message first, the attachments of a message in their order. All filters that are ' +
      'given must match: `from` and `to` exactly, `receivedAfter` at or after, `receivedBefore` before a ' +
      'time, `contentType` a type or its beginning, such as `image/`, `transcript` every one of its words.\n\n' +
      'Without `state`, everything but deleted attachments. Only moderators may filter by `held` and ' +
      '`quarantined`; without `moderation` they see all three, viewers `visible`.',
    access: 'viewer',
    query: mediaListQuery,
    answers: {
      200: twoWayPageAnswer(mediaItemSchema),
    },
    // A filter on media that the caller may not see.
    problems: ['forbidden'],
  }),
  showMedia: defineOperation({
    id: 'showMedia',
    method: 'get',
    path: '/api/v1/media/{sid}',
    tag,
    summary: 'Show one attachment',
    access: 'viewer',
    params,
    query: mediaQuery,
    headers: { 'If-None-Match': 'An earlier `ETag`: 304 when nothing has changed since.' },
    answers: {
      200: {
        description: 'The attachment.',
        body: mediaItemSchema,
        headers: { ETag: 'Changes with the answer; none with `links=true`.' },
      },
      304: { description: 'Not modified.' },
    },
    problems: ['not_found', 'media_deleted'],
  }),
  readContent: defineOperation({
    id: 'readContent',
    method: 'get',
    path: '/api/v1/media/{sid}/content',
    tag,
    summary: 'Read the bytes of an attachment',
    description:
      'With a key or a signed link. 404 with `Retry-After` while it is still being fetched. Types that a ' +
      'browser shows safely are `inline`; all others are downloads, unknown ones as `application/octet-stream`.\n\n' +
      'With `metadata=strip`, 409 `metadata_not_removable` for types whose metadata cannot be removed, and for ' +
      'damaged files; `detail` says what can be requested instead.',
    access: 'link',
    params,
    query: contentQuery,
    headers: RANGE_REQUEST_HEADERS,
    answers: {
      200: { description: 'All bytes.', contentTypes: ['*/*'], headers: RANGE_HEADERS },
      206: { description: 'One range.', contentTypes: ['*/*'], headers: PART_HEADERS },
      304: NOT_MODIFIED,
      307: AT_BUCKET,
    },
    problems: [
      'not_found',
      'media_deleted',
      'media_not_stored',
      'reveal_needed',
      'metadata_not_removable',
      'range_not_satisfiable',
    ],
  }),
  readThumbnail: defineOperation({
    id: 'readThumbnail',
    method: 'get',
    path: '/api/v1/media/{sid}/thumbnail',
    tag,
    summary: 'Read a thumbnail',
    ...THUMBNAIL_READ,
    query: thumbnailQuery,
  }),
  readPoster: defineOperation({
    id: 'readPoster',
    method: 'get',
    path: '/api/v1/media/{sid}/poster',
    tag,
    summary: 'Read the large thumbnail, for `<video poster>`',
    ...THUMBNAIL_READ,
    query: linkQuery,
  }),
  createLinks: defineOperation({
    id: 'createLinks',
    method: 'post',
    path: '/api/v1/media/{sid}/links',
    tag,
    summary: 'Sign links that need no key',
    description:
      'Everybody who has such a URL sees the attachment, until it expires. Links that strip metadata have no `content` ' +
      'for types whose metadata cannot be removed.',
    access: 'viewer',
    params,
    body: newLinks,
    bodyExample: { expiresIn: 3600 },
    answers: { 201: { description: 'The links.', body: mediaLinksSchema } },
    problems: ['not_found', 'media_deleted', 'media_not_stored', 'reveal_needed'],
  }),
  revealMedia: defineOperation({
    id: 'revealMedia',
    method: 'post',
    path: '/api/v1/media/{sid}/reveal',
    tag: 'moderation',
    summary: 'Sign links that show an attachment while it is held back',
    description:
      'For five minutes, of the bytes as they came, with metadata, and recorded in the audit log. It counts for all ' +
      'attachments with the same bytes: asked again in that time, links for the rest of it are answered.',
    access: 'moderator',
    params,
    body: z.strictObject(reasonFields),
    bodyExample: { reason: 'to decide' },
    answers: {
      200: { description: 'Links for the rest of the time.', body: mediaLinksSchema },
      201: { description: 'It is recorded.', body: mediaLinksSchema },
    },
    problems: ['not_found', 'media_deleted', 'media_not_stored'],
  }),
  listMessages: defineOperation({
    id: 'listMessages',
    method: 'get',
    path: '/api/v1/messages',
    tag: 'messages',
    summary: 'List messages with their attachments',
    description: 'Newest or oldest first, those without attachments, too.',
    access: 'viewer',
    query: messageListQuery,
    answers: {
      200: twoWayPageAnswer(messageItemSchema),
    },
    problems: ['forbidden'],
  }),
  showMessage: defineOperation({
    id: 'showMessage',
    method: 'get',
    path: '/api/v1/messages/{sid}',
    tag: 'messages',
    summary: 'Show one message',
    access: 'viewer',
    params: z.object({ sid: messageSid }),
    answers: { 200: { description: 'The message.', body: messageItemSchema } },
    problems: ['not_found'],
  }),
};
