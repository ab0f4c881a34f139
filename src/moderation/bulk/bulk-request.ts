import { z } from 'zod';
import { reasonFields } from '../../http/reason-schema.ts';
import { mediaFilterFields } from '../../media/media-filter.ts';
import { mediaSid } from '../../twilio/sid-schema.ts';
import { BULK_ACTIONS } from './bulk-actions.ts';

const MOST_SIDS = 10_000;
const SIDS = `1 to ${MOST_SIDS} sids of media`;

/** Body of `POST /api/v1/bulk`: an action on a selection or on a filter. */
export const bulkRequest = z
  .strictObject({
    action: z.enum(BULK_ACTIONS, { error: `one of ${BULK_ACTIONS.join(', ')}` }),
    sids: z.array(mediaSid, SIDS).min(1, SIDS).max(MOST_SIDS, SIDS).optional(),
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
