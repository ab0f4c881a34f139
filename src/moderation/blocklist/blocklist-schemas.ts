import { z } from 'zod';
import { BlocklistKind, BlocklistPolicy, BlocklistSource } from '../../generated/prisma/client.ts';
import { count, rowNumber, time } from '../../http/fields.ts';
import { pageLimit } from '../../http/paging.ts';
import { MOST_COUNTED } from './catches.ts';

const HASH = '64 hexadecimal digits';

export const blocklistEntrySchema = z
  .strictObject({
    id: z.string().describe('Its number, in decimal digits.'),
    kind: z
      .enum(BlocklistKind)
      .describe('`sha256`: of the bytes; `pdq`: a perceptual hash, which similar pictures match.'),
    hash: z.string().describe(HASH),
    policy: z.enum(BlocklistPolicy).describe('What happens to media that match.'),
    reasonCode: z.string().nullable(),
    reason: z.string().nullable(),
    source: z.enum(BlocklistSource).describe('A stored attachment, or an upload.'),
    createdBy: z.string().describe('The name of a key.'),
    createdAt: time,
    addedWith: z
      .string()
      .nullable()
      .describe(
        'The entry that the same decision about an attachment has added: for its bytes that of its look, and the other ' +
          'way round. Null without one, and for uploads.',
      ),
    caught: count.describe(
      `How many attachments it has quarantined or deleted; not more than ${MOST_COUNTED} are counted.`,
    ),
  })
  .meta({ id: 'BlocklistEntry', description: 'A blocked hash.' });

export type BlocklistItem = z.output<typeof blocklistEntrySchema>;

const added = {
  dryRun: z
    .literal(true)
    .optional()
    .describe('Of a dry run: nothing was added, the numbers say what would be.'),
  added: count.describe('Hashes that were not in the blocklist.'),
  raised: count.describe('Those that were there and got a stricter policy.'),
  known: count.describe('Those that were there and stay as they were.'),
  matchesExisting: count
    .nullable()
    .describe('How many stored media match; null for more than 100 hashes.'),
};

const blockedFile = z.strictObject({
  ...added,
  entries: z.array(blocklistEntrySchema).describe('Of all hashes of the file.'),
});

/** What blocking the hashes of one file did. */
export const blockedFileSchema = blockedFile.meta({ id: 'BlockedFile' });

export type BlockedFile = z.output<typeof blockedFile>;

const importedList = z.strictObject({
  ...added,
  duplicates: count.describe('Repetitions of hashes in the list.'),
  badLines: z
    .strictObject({
      count,
      lines: z
        .array(z.strictObject({ line: z.int().min(1), problem: z.string() }))
        .describe('The first hundred.'),
    })
    .describe('Lines without a valid hash.'),
});

/** What a list added. */
export type ImportedList = z.output<typeof importedList>;

/** What an upload added. */
export const uploadedHashesSchema = z
  .discriminatedUnion('kind', [
    blockedFile.extend({
      kind: z.literal('image'),
      quality: z
        .int()
        .min(0)
        .max(100)
        .describe('Of the PDQ hash; below 50 only the bytes are blocked.'),
    }),
    importedList.extend({ kind: z.literal('list') }),
  ])
  .meta({ id: 'UploadedHashes' });

export type UploadOutcome = z.output<typeof uploadedHashesSchema>;

const entryId = rowNumber('the number of an entry');

/** Path of one entry. */
export const entryPath = z.object({ id: entryId });

/** Query of `GET /api/v1/blocklist`. */
export const blocklistQuery = z.strictObject({
  limit: pageLimit(500, 100),
  cursor: entryId.optional().describe('`nextCursor` of the page before.'),
  kind: z.enum(BlocklistKind, { error: 'sha256 or pdq' }).optional(),
  hash: z
    .string()
    .regex(/^[0-9a-fA-F]{64}$/, HASH)
    .toLowerCase()
    .optional(),
});

export type BlocklistQuery = z.output<typeof blocklistQuery>;
