import { z } from 'zod';
import { time } from '../http/fields.ts';
import { defineOperation } from '../http/operation.ts';
import { opaqueCursor, pageAnswer, pageLimit } from '../http/paging.ts';
import { entryPath } from '../moderation/blocklist/blocklist-schemas.ts';
import type { CatchPlace } from '../moderation/blocklist/catches.ts';
import { mediaSid } from '../twilio/address-fields.ts';
import { mediaItemSchema } from './item-schemas.ts';

const caughtSchema = z
  .strictObject({
    caughtAt: time,
    distance: z
      .int()
      .nullable()
      .describe(
        'In how many of 256 bits it differs from the hash of the entry; null for the same bytes.',
      ),
    media: mediaItemSchema.describe('As it is now: `decision` says whose decision stands.'),
  })
  .meta({ id: 'CaughtMedia' });

export type CaughtItem = z.output<typeof caughtSchema>;

const caughtQuery = z.strictObject({
  limit: pageLimit(200, 50),
  cursor: opaqueCursor(
    z
      .tuple([z.int().min(0).max(8.64e15), mediaSid])
      .transform(([at, sid]): CatchPlace => ({ caughtAt: new Date(at), mediaSid: sid })),
  )
    .optional()
    .describe('`nextCursor` of the page before.'),
});

export type CaughtQuery = z.output<typeof caughtQuery>;

/** What the blocklist has caught. */
export const caughtOperations = {
  listCaughtMedia: defineOperation({
    id: 'listCaughtMedia',
    method: 'get',
    path: '/api/v1/blocklist/{id}/caught',
    tag: 'blocklist',
    summary: 'List what an entry of the blocklist has caught',
    description:
      'The last one first: attachments that were quarantined or deleted because of this entry, also those that were approved ' +
      'since, and also of an entry that was removed. With several matches it is the entry that has decided.',
    access: 'moderator',
    params: entryPath,
    query: caughtQuery,
    answers: { 200: pageAnswer(caughtSchema) },
    problems: ['not_found'],
  }),
};
