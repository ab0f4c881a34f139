import { z } from 'zod';
import { BlocklistKind } from '../../generated/prisma/client.ts';

const LIMIT = 'a whole number from 1 to 500';
const ID = 'the number of an entry';
const HASH = '64 hexadecimal digits';

const entryId = z
  .string()
  .regex(/^\d{1,18}$/, ID)
  .transform(BigInt);

/** Path of one entry. */
export const entryPath = z.object({ id: entryId });

/** Query of `GET /api/v1/blocklist`. */
export const blocklistQuery = z.strictObject({
  limit: z
    .string()
    .regex(/^\d{1,3}$/, LIMIT)
    .transform(Number)
    .pipe(z.number().min(1, LIMIT).max(500, LIMIT))
    .default(100),
  cursor: entryId.optional(),
  kind: z.enum(BlocklistKind, { error: 'sha256 or pdq' }).optional(),
  hash: z
    .string()
    .regex(/^[0-9a-f]{64}$/i, HASH)
    .toLowerCase()
    .optional(),
});

export type BlocklistQuery = z.output<typeof blocklistQuery>;
