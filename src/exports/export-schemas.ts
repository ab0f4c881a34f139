import { z } from 'zod';
import { ExportState } from '../generated/prisma/client.ts';
import { datedCursor } from '../http/dated-cursor.ts';
import { count, reasonFields, time } from '../http/fields.ts';
import { pageLimit } from '../http/paging.ts';
import { mediaFilterFields } from '../media/media-filter.ts';
import { mediaSid } from '../twilio/address-fields.ts';

/** Media of one export: its manifest is held in memory while it is sent. */
export const MAX_MEDIA = 10_000;
/** Of the files of one export, in GiB: each is read at least twice. */
export const MAX_GIB = 64;
const SIDS = `1 to ${MAX_MEDIA} sids of media`;

/** Body of `POST /api/v1/exports`: a selection or a filter. */
export const exportRequest = z
  .strictObject({
    sids: z
      .array(mediaSid, SIDS)
      .min(1, SIDS)
      .max(MAX_MEDIA, SIDS)
      .optional()
      .describe('Either these, in the order of the zip, or a filter.'),
    filter: z
      .strictObject(mediaFilterFields)
      .optional()
      .describe('An empty one, `{}`, selects everything that is not deleted.'),
    reveal: z
      .boolean('true or false')
      .default(false)
      .describe('Includes attachments that are held back: for moderators, who give a reason.'),
    ...reasonFields,
  })
  .superRefine(({ sids, filter, reveal, reasonCode, reason }, context) => {
    if ((sids === undefined) === (filter === undefined)) {
      const message = 'either sids or a filter, which may be {}';
      context.addIssue({ code: 'custom', path: ['sids'], message });
    }
    if (reveal && reasonCode === null && reason === null) {
      const message = 'why you reveal what is held back: it stays in the audit log';
      context.addIssue({ code: 'custom', path: ['reason'], message });
    }
  });

export type ExportRequest = z.output<typeof exportRequest>;

export const exportSchema = z
  .strictObject({
    id: z.uuid(),
    requestedBy: z.string().describe('The name of a key, or `proxy:` and that of a user.'),
    reveal: z.boolean(),
    state: z
      .enum(ExportState)
      .describe('`ready` when every file was checked; `failed` when that was not possible.'),
    total: count.describe('Attachments of the selection.'),
    done: count.describe('How many of them are checked.'),
    omitted: count.describe('How many of those are left out so far; the manifest has the reasons.'),
    byteSize: count.describe('Of the files of the others.'),
    createdAt: time,
    endedAt: time.nullable().describe('When it was ready, or failed.'),
    expiresAt: time.describe('Until it has ended, when it is given up.'),
  })
  .meta({ id: 'Export', description: 'A selection of attachments, to download as a zip.' });

export type ExportItem = z.output<typeof exportSchema>;

/** Query of `GET /api/v1/exports`. */
export const exportListQuery = z.strictObject({
  limit: pageLimit(200, 50),
  cursor: datedCursor.optional().describe('`nextCursor` of the page before.'),
});

export type ExportListQuery = z.output<typeof exportListQuery>;

/** Path of one export. */
export const exportPath = z.object({ id: z.uuid('the id of an export') });
