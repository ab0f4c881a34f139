import { z } from 'zod';
import type { BulkAct } from '../../generated/prisma/client.ts';
import { pageLimit, reasonFields } from '../../http/fields.ts';
import { mediaFilterFields } from '../../media/media-filter.ts';
import { mediaSid } from '../../twilio/address-fields.ts';
import { DECISIONS, type Decision } from '../decisions.ts';

/** What may be done to many media at once. */
const BULK_ACTIONS = [...(Object.keys(DECISIONS) as Decision[]), 'delete', 'scan'] as const;

export type BulkAction = (typeof BULK_ACTIONS)[number];

const MAX_SIDS = 10_000;
const SIDS = `1 to ${MAX_SIDS} sids of media`;

/** Body of `POST /api/v1/bulk`: an action on a selection or on a filter. */
export const bulkRequest = z
  .strictObject({
    action: z.enum(BULK_ACTIONS, { error: `one of ${BULK_ACTIONS.join(', ')}` }),
    sids: z.array(mediaSid, SIDS).min(1, SIDS).max(MAX_SIDS, SIDS).optional(),
    filter: z.strictObject(mediaFilterFields).optional(),
    dryRun: z.boolean('true or false').default(false),
    ...reasonFields,
  })
  .superRefine(({ sids, filter }, context) => {
    if ((sids === undefined) === (filter === undefined)) {
      const message = 'either sids or a filter, which may be {}';
      context.addIssue({ code: 'custom', path: ['sids'], message });
    }
  });

export type BulkRequest = z.output<typeof bulkRequest>;

/** The last act of a page: the next page starts after it. */
export type BulkPosition = Pick<BulkAct, 'createdAt' | 'id'>;

// Thirteen digits of milliseconds: the database driver accepts only years of four digits.
const CURSOR = /^(\d{1,13})_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

export function bulkCursor({ createdAt, id }: BulkPosition): string {
  return `${createdAt.getTime()}_${id}`;
}

/** Query of `GET /api/v1/bulk`. */
export const bulkListQuery = z.strictObject({
  limit: pageLimit(200, 50),
  cursor: z
    .string()
    .regex(CURSOR, 'is not the nextCursor of an earlier answer')
    .transform((text): BulkPosition => {
      const [, time, id = ''] = CURSOR.exec(text) ?? [];
      return { createdAt: new Date(Number(time)), id };
    })
    .optional(),
});

export type BulkListQuery = z.output<typeof bulkListQuery>;
