import { z } from 'zod';
import { DeliveryState } from '../../generated/prisma/client.ts';
import { pageLimit } from '../../http/page-limit.ts';
import { rowNumber } from '../../http/row-number.ts';

/** Writes the place of a delivery in a list as an opaque text. */
export function encodePosition(position: bigint): string {
  return Buffer.from(String(position)).toString('base64url');
}

/** Query of `GET /api/v1/endpoints/{id}/deliveries`. */
export const deliveriesQuery = z.strictObject({
  state: z
    .enum(DeliveryState, { error: `one of ${Object.values(DeliveryState).join(', ')}` })
    .optional(),
  cursor: z
    .string()
    .transform((text) => Buffer.from(text, 'base64url').toString('latin1'))
    .pipe(rowNumber('is not the nextCursor of an earlier answer'))
    .optional(),
  limit: pageLimit(200, 50),
});
