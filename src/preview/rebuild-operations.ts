import { z } from 'zod';
import { ACCEPTED_HEADERS } from '../http/accepted.ts';
import { count } from '../http/fields.ts';
import { defineOperation } from '../http/operation.ts';
import { PREVIEW_TYPES, type PreviewTypeGroup } from './preview-types.ts';

const KINDS = Object.keys(PREVIEW_TYPES) as [PreviewTypeGroup, ...PreviewTypeGroup[]];
const flag = z.boolean('true or false').default(false);

const body = z
  .strictObject({
    kind: z
      .enum(KINDS, { error: `one of ${KINDS.join(', ')}` })
      .optional()
      .describe('Only previews of its content types.'),
    failed: flag.describe('Only previews that have a `reason`.'),
    resume: flag.describe('Continues what an earlier request has left unfinished; alone.'),
  })
  .refine(({ kind, failed, resume }) => !resume || (kind === undefined && !failed), {
    path: ['resume'],
    message: 'cannot be combined with kind or failed',
  });

const remaining = count.describe('How many are still to be rebuilt.');
const path = '/api/v1/previews/rebuild';
const tag = 'administration';

/** Operations that rebuild stored previews, by jobs. */
export const rebuildOperations = {
  rebuildPreviews: defineOperation({
    id: 'rebuildPreviews',
    method: 'post',
    path,
    tag,
    summary: 'Rebuild previews',
    description: 'The old ones are shown until then.',
    access: 'moderator',
    body,
    bodyExample: { failed: true },
    answers: {
      202: {
        description: 'Jobs rebuild them.',
        headers: {
          Location: 'How many are left.',
          ...ACCEPTED_HEADERS,
        },
        body: z.strictObject({
          marked: count.describe('How many this request rebuilds.'),
          remaining,
        }),
      },
    },
  }),
  showRebuild: defineOperation({
    id: 'showRebuild',
    method: 'get',
    path,
    tag,
    summary: 'Show how many previews are still to be rebuilt',
    access: 'moderator',
    answers: { 200: { description: 'The number.', body: z.strictObject({ remaining }) } },
  }),
};
