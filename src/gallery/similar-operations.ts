import { z } from 'zod';
import { defineOperation } from '../http/operation.ts';
import { pageLimit } from '../http/paging.ts';
import { MAX_DISTANCE } from '../moderation/blocklist/blocklist-index.ts';
import { mediaSid } from '../twilio/address-fields.ts';
import { mediaItemSchema } from './item-schemas.ts';

const DISTANCE = `a whole number from 0 to ${MAX_DISTANCE}`;

const similarFields = z.strictObject({
  distance: z
    .string()
    .regex(/^\d{1,2}$/, DISTANCE)
    .transform(Number)
    .refine((distance) => distance <= MAX_DISTANCE, DISTANCE)
    .default(MAX_DISTANCE)
    .meta({
      description: 'In how many of the 256 bits of their PDQ hashes pictures may differ.',
      override: { type: 'integer', minimum: 0, maximum: MAX_DISTANCE, default: MAX_DISTANCE },
    }),
  limit: pageLimit(200, 50),
});

export type SimilarQuery = z.output<typeof similarFields>;

const quality = z.int().min(0).max(100);
const QUALITY = 'How much detail it has: below 50 only the same bytes are found.';

const similar = z.strictObject({
  sha256: z.string().describe('Of the bytes that others are compared with.'),
  quality: quality.describe(QUALITY),
  items: z.array(
    z.strictObject({
      distance: z.int().min(0).max(MAX_DISTANCE).describe('0 for the same bytes, too.'),
      media: mediaItemSchema,
    }),
  ),
});

const similarSchema = similar.meta({ id: 'SimilarMedia' });

const similarToMediaSchema = similar
  .extend({
    quality: quality
      .nullable()
      .describe(`${QUALITY} Null when it has no PDQ hash, such as a sound: the same applies.`),
  })
  .meta({ id: 'SimilarToMedia' });

/** Finding attachments by what they show. */
export const similarOperations = {
  findSimilarToMedia: defineOperation({
    id: 'findSimilarToMedia',
    method: 'get',
    path: '/api/v1/media/{sid}/similar',
    tag: 'media',
    summary: 'Find stored attachments that look like another one',
    description:
      'As `POST /api/v1/media/similar` does, without itself, by the hashes that are stored of it: nothing of it is shown, so ' +
      'that this is possible before an attachment that is held back is revealed. `decision` of each says how it was decided, ' +
      'for moderators. Videos and animations are compared by the frame that their preview shows.',
    access: 'viewer',
    params: z.object({ sid: mediaSid }),
    query: similarFields,
    answers: { 200: { description: 'What was found.', body: similarToMediaSchema } },
    problems: ['not_found', 'media_deleted', 'media_not_stored'],
  }),
  findSimilarMedia: defineOperation({
    id: 'findSimilarMedia',
    method: 'post',
    path: '/api/v1/media/similar',
    tag: 'media',
    summary: 'Find stored attachments that look like a picture',
    description:
      'The nearest first, as far as the caller may see them: the same bytes, and pictures whose PDQ hashes are ' +
      'within a distance, such as smaller or recompressed copies. Turned and mirrored ones are not found. Nothing ' +
      'is kept of the picture.',
    access: 'viewer',
    form: {
      fields: similarFields,
      files: { name: 'file', most: 1, description: 'A picture, of at most `MEDIA_MAX_BYTES`.' },
    },
    answers: { 200: { description: 'What was found.', body: similarSchema } },
  }),
};
