import { z } from 'zod';
import { BlocklistPolicy } from '../../generated/prisma/client.ts';
import {
  count,
  dryRunField,
  dryRunParameter,
  flagParameter,
  reasonFields,
} from '../../http/fields.ts';
import { defineOperation } from '../../http/operation.ts';
import { pageAnswer } from '../../http/paging.ts';
import { mediaSid } from '../../twilio/address-fields.ts';
import { PROPOSED } from '../reviews/proposal-schemas.ts';
import {
  blockedFileSchema,
  blocklistEntrySchema,
  blocklistQuery,
  entryPath,
  uploadedHashesSchema,
} from './blocklist-schemas.ts';

const tag = 'blocklist';
const APPLY = 'Whether stored media that match are treated as if they arrived now.';
const terms = {
  policy: z
    .enum(BlocklistPolicy, { error: 'quarantine or delete' })
    .default('quarantine')
    .describe('What happens to media that match; a known hash keeps the stricter policy.'),
  ...reasonFields,
};

/** Operations on the blocklist. */
export const blocklistOperations = {
  listBlocklist: defineOperation({
    id: 'listBlocklist',
    method: 'get',
    path: '/api/v1/blocklist',
    tag,
    summary: 'List and search the blocklist',
    description: 'Newest first, without removed entries.',
    access: 'moderator',
    query: blocklistQuery,
    answers: {
      200: pageAnswer(blocklistEntrySchema),
    },
  }),
  uploadBlocklist: defineOperation({
    id: 'uploadBlocklist',
    method: 'post',
    path: '/api/v1/blocklist',
    tag,
    summary: 'Block a picture, or a list of hashes',
    description:
      'A list has one hash per line, `sha256:` or `pdq:` and 64 hexadecimal digits; blank lines and those ' +
      'that begin with `#` are skipped. If the upload of a list stops half way, what was added stays, and ' +
      'the same list can be sent again.',
    access: 'admin',
    form: {
      fields: z.strictObject({
        ...terms,
        applyToExisting: flagParameter.describe(APPLY),
        dryRun: dryRunParameter,
      }),
      files: { name: 'file', most: 1, description: 'A picture or a list, of at most 256 MiB.' },
    },
    answers: { 200: { description: 'What was added.', body: uploadedHashesSchema } },
    problems: ['second_reviewer_needed'],
  }),
  removeBlocklistEntry: defineOperation({
    id: 'removeBlocklistEntry',
    method: 'delete',
    path: '/api/v1/blocklist/{id}',
    tag,
    summary: 'Remove an entry from the blocklist',
    description: 'Media that it matched stay as they are; new ones are not blocked.',
    access: 'admin',
    params: entryPath,
    query: z.strictObject({ dryRun: dryRunParameter, ...reasonFields }),
    answers: {
      200: {
        description: 'With `dryRun=true`: what would be removed.',
        body: z.strictObject({
          dryRun: z.literal(true),
          caught: count.describe('As in the list. These attachments stay as they are.'),
        }),
      },
      204: { description: 'Removed.' },
    },
    problems: ['not_found'],
  }),
  blockMedia: defineOperation({
    id: 'blockMedia',
    method: 'post',
    path: '/api/v1/media/{sid}/block',
    tag,
    summary: 'Block what an attachment shows',
    description: 'Its bytes and, for a picture with enough detail, similar pictures.',
    access: 'moderator',
    params: z.object({ sid: mediaSid }),
    body: z.strictObject({
      ...terms,
      applyToExisting: z.boolean('true or false').default(false).describe(APPLY),
      dryRun: dryRunField,
    }),
    bodyExample: { policy: 'quarantine', reasonCode: 'spam' },
    answers: {
      200: { description: 'What was added.', body: blockedFileSchema },
      202: PROPOSED,
    },
    problems: ['not_found', 'media_deleted', 'media_not_stored'],
  }),
};
