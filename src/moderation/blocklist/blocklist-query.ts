import { z } from 'zod';
import { BlocklistKind } from '../../generated/prisma/client.ts';
import { pageLimit } from '../../http/page-limit.ts';
import { rowNumber } from '../../http/row-number.ts';

const HASH = '64 hexadecimal digits';

const entryId = rowNumber('the number of an entry');

/** Path of one entry. */
export const entryPath = z.object({ id: entryId });

/** Query of `GET /api/v1/blocklist`. */
export const blocklistQuery = z.strictObject({
  limit: pageLimit(500, 100),
  cursor: entryId.optional(),
  kind: z.enum(BlocklistKind, { error: 'sha256 or pdq' }).optional(),
  hash: z
    .string()
    .regex(/^[0-9a-f]{64}$/i, HASH)
    .toLowerCase()
    .optional(),
});

export type BlocklistQuery = z.output<typeof blocklistQuery>;
